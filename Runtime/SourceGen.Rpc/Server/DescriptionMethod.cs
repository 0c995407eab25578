using System.Buffers;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Security;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Server;

/// <summary>
/// Stands for the question for a service's description, so that who asks it can be judged as who calls a method: any authenticated caller
/// may have it.
/// </summary>
internal sealed class DescriptionMethod : ServerMethod
{
    /// <param name="described">A method of the service.</param>
    public DescriptionMethod(RpcMethod described)
        : base(described) => Access = new MethodAccess(AllowsAnonymous: false, []);

    public override ServerCall? Accept(
        RpcConnection connection, ulong callId, bool oneWay, in ReadOnlySequence<byte> arguments, out ErrorMessage? refusal)
    {
        refusal = null;
        return Decode(connection, callId, oneWay, arguments);
    }

    public override ServerCall Decode(RpcConnection connection, ulong callId, bool oneWay, in ReadOnlySequence<byte> arguments) =>
        new Call(Method, connection, callId);

    private sealed class Call : ServerCall
    {
        public Call(RpcMethod described, RpcConnection connection, ulong callId)
        {
            Called = described;
            Begin(connection, callId, oneWay: false);
        }

        public override bool IsCancellable => false;

        protected override RpcMethod Called { get; }

        public override void Run()
        {
            FinishHandler();
            Connection.WriteDescription(Id, Called.Contract);
            Finish(lease: null);
        }

        protected override void Recycle()
        {
        }
    }
}
