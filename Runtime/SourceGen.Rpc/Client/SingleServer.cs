using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Server;

namespace SourceGen.Rpc.Client;

/// <summary>One server at one address, over one connection.</summary>
internal sealed class SingleServer(ClientChannel channel) : ServerAccess
{
    public override RpcAddress Address => channel.Address;

    public override bool IsConnected => channel.Current is not null;

    public override ClientChannel Single => channel;

    public override OptionsChannel GetChannel(RpcContract contract) => channel;

    public override void Offer(ServiceRegistration service) => channel.Services.Add(service);

    public override ValueTask DisposeAsync() => channel.DisposeAsync();
}
