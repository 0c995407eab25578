using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Hosting.Configuration;
using SourceGen.Rpc.Hosting.Health;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Hosting.Server;

/// <summary>A server that was added to a service collection, with the services it offers.</summary>
internal sealed class ServerRegistration(string name) : Registration<RpcServerOptions>(
    name, name.Length == 0 ? "Rpc:Server" : $"Rpc:Servers:{name}", name.Length == 0 ? "RPC server" : $"RPC server '{name}'")
{
    /// <summary>The services, in the order they were added.</summary>
    public List<ServiceEntry> Services { get; } = [];

    /// <summary>What its health takes over from the program's health checks.</summary>
    public List<HealthPublication> Publications { get; } = [];

    /// <summary>Gets the server from the container.</summary>
    public RpcServer GetServer(IServiceProvider services) =>
        Name.Length == 0 ? services.GetRequiredService<RpcServer>() : services.GetRequiredKeyedService<RpcServer>(Name);

    /// <summary>Creates the server; the container calls it once.</summary>
    public RpcServer Create(IServiceProvider services)
    {
        RpcServerOptions options = GetOptions(services);
        options.Scopes ??= new ServiceScopes(services.GetRequiredService<IServiceScopeFactory>());
        services.GetRequiredService<OwnedLimiters>().Add(options);
        RpcServer server = new(options);
        foreach (ServiceEntry entry in Services) entry.AddTo(server, services);
        return server;
    }

    /// <summary>Makes the server one of the program's health checks, which costs nothing where those are not used.</summary>
    public void AddHealthCheck(IServiceCollection services) =>
        services.Configure<HealthCheckServiceOptions>(options => options.Registrations.Add(
        new HealthCheckRegistration(
            Name.Length == 0 ? "rpc-server" : $"rpc-server-{Name}",
            provider => new RpcServerHealthCheck(GetServer(provider), Title),
            failureStatus: null,
            [RpcServerHealthCheck.Tag])));

    /// <inheritdoc/>
    public override void Supply(IServiceProvider services, RpcServerOptions options)
    {
        options.Registration.Registry = services.GetService<IRegistry>();
        options.Bus = services.GetService<MessageBus>();
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
