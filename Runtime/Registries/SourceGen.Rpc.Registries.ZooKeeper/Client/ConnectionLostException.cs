namespace SourceGen.Rpc.Registries.ZooKeeper.Client;

/// <summary>
/// The connection ended while a request was under way, so whether it was carried out is not known. It can be sent again on another
/// connection if doing it twice does no harm.
/// </summary>
/// <param name="reason">Which connection, and why.</param>
/// <param name="cause">The cause.</param>
internal sealed class ConnectionLostException(string reason, Exception? cause = null) : Exception(reason, cause);
