using SourceGen.Rpc.Client.Nodes;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Filters;
using SourceGen.Rpc.Server;

namespace SourceGen.Rpc.Client;

/// <summary>One server at one address, over one connection.</summary>
internal sealed class SingleServer(ClientChannel channel) : ServerAccess
{
    public override RpcAddress Address => channel.Address;

    public override bool IsConnected => channel.Current is not null;

    public override ClientChannel Single => channel;

    public override OptionsChannel GetChannel(RpcContract contract) => channel;

    // The channel has the client's filters itself.
    public override ValueTask<IReadOnlyList<NodeChannel>> GetAllAsync(RpcContract contract, CancellationToken cancellationToken) =>
        new([new NodeChannel(instance: null, channel, FilterChain.Empty)]);

    public override void Offer(ServiceRegistration service) => channel.Services.Add(service);

    public override async ValueTask<(ClientChannel Channel, Wire.RpcConnection Connection)> GetConnectionAsync(
        string service, string version, string what, CancellationToken cancellationToken)
    {
        int timeoutMs = channel.CallTimeoutMs;
        return (channel, await channel.GetConnectionAsync(what, timeoutMs, timeoutMs, cancellationToken).ConfigureAwait(false));
    }

    public override ValueTask DisposeAsync() => channel.DisposeAsync();
}
