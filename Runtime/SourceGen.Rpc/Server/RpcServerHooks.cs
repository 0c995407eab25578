namespace SourceGen.Rpc;

/// <summary>An <see cref="IRpcServerLifecycle"/> of functions, each of which may be missing.</summary>
public sealed class RpcServerHooks : IRpcServerLifecycle
{
    /// <summary>What errors and logs call it. Default: <c>hooks</c>.</summary>
    public string Name { get; set; } = "hooks";

    /// <summary>See <see cref="IRpcServerLifecycle.StartingAsync"/>. Default: null, nothing.</summary>
    public Func<RpcServer, CancellationToken, ValueTask>? Starting { get; set; }

    /// <summary>See <see cref="IRpcServerLifecycle.StartedAsync"/>. Default: null, nothing.</summary>
    public Func<RpcServer, CancellationToken, ValueTask>? Started { get; set; }

    /// <summary>See <see cref="IRpcServerLifecycle.StoppingAsync"/>. Default: null, nothing.</summary>
    public Func<RpcServer, CancellationToken, ValueTask>? Stopping { get; set; }

    /// <summary>See <see cref="IRpcServerLifecycle.StoppedAsync"/>. Default: null, nothing.</summary>
    public Func<RpcServer, CancellationToken, ValueTask>? Stopped { get; set; }

    /// <inheritdoc/>
    public override string ToString() => Name;

    ValueTask IRpcServerLifecycle.StartingAsync(RpcServer server, CancellationToken cancellationToken) =>
        Starting?.Invoke(server, cancellationToken) ?? default;

    ValueTask IRpcServerLifecycle.StartedAsync(RpcServer server, CancellationToken cancellationToken) =>
        Started?.Invoke(server, cancellationToken) ?? default;

    ValueTask IRpcServerLifecycle.StoppingAsync(RpcServer server, CancellationToken cancellationToken) =>
        Stopping?.Invoke(server, cancellationToken) ?? default;

    ValueTask IRpcServerLifecycle.StoppedAsync(RpcServer server, CancellationToken cancellationToken) =>
        Stopped?.Invoke(server, cancellationToken) ?? default;
}
