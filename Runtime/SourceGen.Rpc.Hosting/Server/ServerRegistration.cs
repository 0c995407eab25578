using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Hosting.Configuration;

namespace SourceGen.Rpc.Hosting.Server;

/// <summary>A server that was added to a service collection, with the services it offers.</summary>
internal sealed class ServerRegistration(string name) : Registration<RpcServerOptions>(
    name, name.Length == 0 ? "Rpc:Server" : $"Rpc:Servers:{name}", name.Length == 0 ? "RPC server" : $"RPC server '{name}'")
{
    /// <summary>The services, in the order they were added.</summary>
    public List<ServiceEntry> Services { get; } = [];

    /// <summary>Gets the server from the container.</summary>
    public RpcServer GetServer(IServiceProvider services) =>
        Name.Length == 0 ? services.GetRequiredService<RpcServer>() : services.GetRequiredKeyedService<RpcServer>(Name);

    /// <summary>Creates the server; the container calls it once.</summary>
    public RpcServer Create(IServiceProvider services)
    {
        RpcServer server = new(GetOptions(services));
        foreach (ServiceEntry entry in Services) entry.AddTo(server, services);
        return server;
    }

    /// <inheritdoc/>
    public override void Read(IConfigurationSection section, RpcServerOptions options, ICollection<string> mistakes) =>
        OptionsSection.Read(section, options, mistakes);

    /// <inheritdoc/>
    public override void Check(RpcServerOptions options, ICollection<string> mistakes)
    {
        foreach (string address in options.Addresses)
        {
            AddressCheck.Check(address, $"An entry of {nameof(options.Addresses)}", options.Transports, connecting: false, mistakes);
        }

        if (Services.Count == 0)
        {
            string call = Name.Length == 0 ? "AddRpcServer()" : $"AddRpcServer(\"{Name}\")";
            mistakes.Add($"It offers no service; add one, for example {call}.AddService<IGreeter, Greeter>().");
        }

        foreach (IGrouping<(string, string), RpcContract> same in Services
            .Select(entry => entry.Contract)
            .GroupBy(contract => (contract.Name, contract.Version)))
        {
            if (same.Count() == 1) continue;
            mistakes.Add(
                $"{same.First().Name} was added {same.Count()} times; "
                + "add it once, or give one of the interfaces another [Service(Name = ...)] or [Service(Version = ...)].");
        }
    }
}
