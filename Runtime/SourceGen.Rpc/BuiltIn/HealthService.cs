namespace SourceGen.Rpc.BuiltIn;

/// <summary>Answers with what the server's <see cref="RpcHealth"/> says.</summary>
internal sealed class HealthService(RpcHealth health) : IHealth
{
    /// <inheritdoc/>
    public ValueTask<ServingStatus> CheckAsync(string service = "", CancellationToken cancellationToken = default) =>
        new(health.GetStatus(service ?? ""));

    /// <inheritdoc/>
    public IAsyncEnumerable<ServingStatus> WatchAsync(string service = "", CancellationToken cancellationToken = default) =>
        health.WatchAsync(service ?? "", cancellationToken);
}
