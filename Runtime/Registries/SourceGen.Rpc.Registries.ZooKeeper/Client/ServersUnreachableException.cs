namespace SourceGen.Rpc.Registries.ZooKeeper.Client;

/// <summary>No server could be connected to.</summary>
/// <param name="problems">What happened at each of them.</param>
internal sealed class ServersUnreachableException(string problems) : Exception(problems);
