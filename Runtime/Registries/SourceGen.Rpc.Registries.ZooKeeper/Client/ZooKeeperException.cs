namespace SourceGen.Rpc.Registries.ZooKeeper.Client;

/// <summary>A server answered a request with an error that whoever asked did not expect.</summary>
/// <param name="error">The error.</param>
/// <param name="what">What was asked: <c>create /a/b</c>.</param>
internal sealed class ZooKeeperException(ErrorCode error, string what) : Exception($"{what} was answered with {error.Describe()}")
{
    public ErrorCode Error { get; } = error;
}
