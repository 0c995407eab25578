namespace SourceGen.Rpc.Registries.ZooKeeper.Client;

/// <summary>A peer sent what a ZooKeeper server does not send. The connection is closed, as nothing after it can be trusted.</summary>
/// <param name="message">What was wrong.</param>
/// <param name="cause">The cause.</param>
internal sealed class ZooKeeperProtocolException(string message, Exception? cause = null)
    : Exception($"it does not speak ZooKeeper's protocol: {message}", cause);
