using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Hosting.Configuration;
using SourceGen.Rpc.Hosting.Server;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Hosting.Client;

/// <summary>A client that was added to a service collection, with the services that are called over it.</summary>
internal sealed class ClientRegistration : Registration<RpcClientOptions>
{
    private readonly HashSet<Type> _services = [];

    private ClientRegistration(string name, string sectionPath, string title)
        : base(name, sectionPath, title)
    {
    }

    /// <summary>
    /// Whether users gave it its name: such a client has a configuration section of its own, and its services can be injected by the name.
    /// </summary>
    public bool IsNamed { get; private init; }

    /// <summary>The services that it offers to its server, in the order they were added.</summary>
    public List<ServiceEntry> Offered { get; } = [];

    /// <summary>The client without a name.</summary>
    public static ClientRegistration Default() => new("", "Rpc:Client", "RPC client");

    /// <summary>A client that users named.</summary>
    public static ClientRegistration Named(string name) => new(name, $"Rpc:Clients:{name}", $"RPC client '{name}'") { IsNamed = true };

    /// <summary>The client of an address; the address is its name, which no user can give because of the colon.</summary>
    public static ClientRegistration ForAddress(string address) => new(address, "Rpc:Client", $"RPC client of {address}");

    /// <summary>The client of one service with options of its own.</summary>
    public static ClientRegistration ForService(RpcContract contract) =>
        new(NameFor(contract), "Rpc:Client", $"RPC client of {contract.Name}");

    /// <summary>The name of <see cref="ForService"/>, which no user can give because of the colon.</summary>
    public static string NameFor(RpcContract contract) => $"service:{contract.Name}:{contract.Version}";

    /// <summary>Notes that a service is called over this client.</summary>
    /// <returns>False when it was noted before.</returns>
    public bool TryAddService(Type service) => _services.Add(service);

    /// <summary>Gets the client from the container.</summary>
    public RpcClient GetClient(IServiceProvider services) =>
        Name.Length == 0 ? services.GetRequiredService<RpcClient>() : services.GetRequiredKeyedService<RpcClient>(Name);

    /// <summary>Creates the client; the container calls it once.</summary>
    public RpcClient Create(IServiceProvider services)
    {
        RpcClientOptions options = GetOptions(services);
        options.Scopes ??= new ServiceScopes(services.GetRequiredService<IServiceScopeFactory>());
        RpcClient client = RpcClient.Create(options);
        foreach (ServiceEntry entry in Offered) entry.AddTo(client, services);
        return client;
    }

    /// <inheritdoc/>
    public override void Supply(IServiceProvider services, RpcClientOptions options)
    {
        if (services.GetService<IRegistry>() is not null) options.Directory = services.GetRequiredService<IServiceDirectory>();
        options.Bus = services.GetService<MessageBus>();
    }

    /// <inheritdoc/>
    public override void Read(IConfigurationSection section, RpcClientOptions options, ICollection<string> mistakes) =>
        OptionsSection.Read(section, options, mistakes);

    /// <inheritdoc/>
    public override void Check(RpcClientOptions options, ICollection<string> mistakes)
    {
        if (options.Address is { } address) AddressCheck.Check(address, nameof(options.Address), options.Transports, connecting: true, mistakes);
        else if (options.Directory is null)
        {
            mistakes.Add(
                "Address is missing; say where the server listens, for example options.Address = \"tcp://127.0.0.1:5000\", "
                + "or add a registry in which servers are found, for example services.AddRpcRegistry(\"file://\").");
        }
    }
}
