using System.Buffers;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Security;
using SourceGen.Rpc.Server.Overload;
using SourceGen.Rpc.Telemetry;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Server;

/// <summary>One method that a server offers, bound to a codec: turns a request into a call that can be run.</summary>
internal abstract class ServerMethod(RpcMethod method)
{
    /// <summary>The contract's method.</summary>
    public RpcMethod Method { get; } = method;

    /// <summary>Who may call it; null where nobody is authenticated.</summary>
    public MethodAccess? Access { get; set; }

    /// <summary>What telemetry says of its calls.</summary>
    public ServerTelemetry Telemetry { get; } = new(method);

    /// <summary>
    /// Whether a server that stops still serves it, until the connection closes: asked for its health, it has an answer.
    /// </summary>
    public bool IsServedToTheEnd { get; } = method.Contract.Name == BuiltInNames.Health;

    /// <summary>Where the time that its calls take is counted; null where there is no adaptive limit, or it does not count them.</summary>
    public MethodLatency? Latency { get; set; }

    /// <summary>Whether its calls last as long as a stream does, in either direction.</summary>
    public virtual bool HasStream => false;

    /// <summary>Prepares calls that come from the same process without a message.</summary>
    /// <returns>An <see cref="InProcess.InProcessMethod{TRequest, TResponse}"/>; null when all its calls come as messages.</returns>
    public virtual object? BindInProcess(InProcess.InProcessLink link, RpcIsolation isolation) => null;

    /// <summary>Whether the caller sends a stream.</summary>
    public virtual bool TakesStream => false;

    /// <summary>Decodes the arguments. For the receiver alone.</summary>
    /// <returns>The call to run; null when the request is to be refused.</returns>
    public abstract ServerCall? Accept(
        RpcConnection connection, ulong callId, bool oneWay, in ReadOnlySequence<byte> arguments, out ErrorMessage? refusal);

    /// <summary>Looks at a request whose arguments are decoded later. For the receiver alone.</summary>
    /// <returns>Null, or what is wrong with it.</returns>
    public virtual ErrorMessage? Check(RpcConnection connection, ulong callId, bool oneWay) => null;

    /// <summary>Decodes the arguments of a request that passed <see cref="Check"/>, on any thread.</summary>
    /// <exception cref="Exception">They cannot be decoded.</exception>
    public abstract ServerCall Decode(RpcConnection connection, ulong callId, bool oneWay, in ReadOnlySequence<byte> arguments);
}
