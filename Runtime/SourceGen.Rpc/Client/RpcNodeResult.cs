using System.Diagnostics.CodeAnalysis;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc;

/// <summary>What one server answered to a call that was sent to all of them.</summary>
/// <typeparam name="TResult">The result.</typeparam>
public sealed class RpcNodeResult<TResult>
{
    private readonly TResult? _value;

    internal RpcNodeResult(RpcAddress address, ServiceInstance? instance, TResult? value, Exception? error)
    {
        Address = address;
        Instance = instance;
        _value = value;
        Error = error;
    }

    /// <summary>The server's address.</summary>
    public RpcAddress Address { get; }

    /// <summary>What the registry says about the server; null for a client of one address.</summary>
    public ServiceInstance? Instance { get; }

    /// <summary>Why the call failed there, mostly an <see cref="RpcException"/>; null when it did not.</summary>
    public Exception? Error { get; }

    /// <summary>Whether the call succeeded there.</summary>
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsSuccess => Error is null;

    /// <summary>The result.</summary>
    /// <exception cref="InvalidOperationException">The call failed there; the inner exception is <see cref="Error"/>.</exception>
    public TResult Value => Error is null
        ? _value!
        : throw new InvalidOperationException($"The call failed at {Address}, so it has no result: {Error.Message}", Error);

    /// <summary>Address and result, for messages.</summary>
    public override string ToString() => $"{Address}: {(Error is null ? _value : Error.Message)}";
}
