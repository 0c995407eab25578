using SourceGen.Rpc.Dynamic;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Client.Nodes;

/// <summary>A server of a service that only its name is known of.</summary>
internal sealed partial class DiscoveredServers
{
    public override async ValueTask<(ClientChannel Channel, RpcConnection Connection)> GetConnectionAsync(
        string service, string version, string what, CancellationToken cancellationToken)
    {
        // A contract without methods: of a service that was found, all calls by name share the one way.
        ServiceChannel servers = GetService(DynamicContract.NameOnly(service, version));
        int timeoutMs = (int)_options.CallTimeout.TotalMilliseconds;
        Node node = await servers.GetAnyAsync(what, timeoutMs, cancellationToken).ConfigureAwait(false);
        RpcConnection connection = await node.Channel.GetConnectionAsync(what, timeoutMs, timeoutMs, cancellationToken).ConfigureAwait(false);
        return (node.Channel, connection);
    }
}
