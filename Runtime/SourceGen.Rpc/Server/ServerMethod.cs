using System.Buffers;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Telemetry;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Server;

/// <summary>One method that a server offers, bound to a codec: turns a request into a call that can be run.</summary>
internal abstract class ServerMethod(RpcMethod method)
{
    /// <summary>The contract's method.</summary>
    public RpcMethod Method { get; } = method;

    /// <summary>What telemetry says of its calls.</summary>
    public ServerTelemetry Telemetry { get; } = new(method);

    /// <summary>Decodes the arguments. A request that cannot be decoded is answered here.</summary>
    /// <returns>The call to run; null when it is answered already.</returns>
    public abstract ServerCall? Accept(RpcConnection connection, ulong callId, bool oneWay, in ReadOnlySequence<byte> arguments);
}
