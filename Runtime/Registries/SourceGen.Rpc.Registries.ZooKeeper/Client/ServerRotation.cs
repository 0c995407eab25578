using System.Collections.Immutable;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.ZooKeeper.Client;

/// <summary>
/// The servers in an order of this client's own, so that clients spread over them. Each round begins behind the server that was tried last,
/// as that one is the least likely to be of use.
/// </summary>
internal sealed class ServerRotation
{
    private readonly RegistryEndpoint[] _servers;
    private int _next;

    public ServerRotation(ImmutableArray<RegistryEndpoint> servers)
    {
        _servers = [.. servers];
        Random.Shared.Shuffle(_servers);
    }

    /// <summary>Every server once.</summary>
    public IEnumerable<RegistryEndpoint> Next()
    {
        for (int i = 0; i < _servers.Length; i++)
        {
            RegistryEndpoint server = _servers[_next];
            _next = (_next + 1) % _servers.Length;
            yield return server;
        }
    }
}
