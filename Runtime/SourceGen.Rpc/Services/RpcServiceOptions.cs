using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc;

/// <summary>What an <see cref="RpcService"/> is made of.</summary>
public sealed class RpcServiceOptions
{
    /// <summary>
    /// What the program is called, in logs, and for clients in the metadata of its records (<c>app</c>). Services have names of their own,
    /// those of their contracts. Default: the name of the program's entry assembly, or <c>rpc</c>.
    /// </summary>
    public string Name { get; set; } = AppDomain.CurrentDomain.FriendlyName is { Length: > 0 } name ? name : "rpc";

    /// <summary>Its version, in logs, and for clients in the metadata of its records (<c>app-version</c>). Default: empty, not known.</summary>
    public string Version { get; set; } = "";

    /// <summary>
    /// The address of the registry in which its server is entered and its client finds servers, such as <c>etcd://127.0.0.1:2379</c>. What
    /// serves the scheme must be among <see cref="RegistryProviders"/>. Default: null, no registry.
    /// </summary>
    public string? Registry { get; set; }

    /// <summary>
    /// The registries that <see cref="Registry"/> can stand for, one for each scheme; of two for one scheme, the later. Default: none.
    /// </summary>
    public IList<IRegistryProvider> RegistryProviders { get; } = [];

    /// <summary>Where its server listens and how it behaves. Without addresses the service has no server, and only calls others.</summary>
    public RpcServerOptions Server { get; } = new();

    /// <summary>How its client connects and calls: to <see cref="RpcClientOptions.Address"/>, or else to whoever the registry knows.</summary>
    public RpcClientOptions Client { get; } = new();

    /// <summary>How the registry is followed.</summary>
    public ServiceDirectoryOptions Directory { get; } = new();

    /// <summary>
    /// Whether <see cref="RpcService.RunAsync"/> ends in order on SIGTERM and SIGINT (Ctrl+C). A second signal ends the waiting for calls in
    /// flight. Default: true.
    /// </summary>
    public bool HandleSignals { get; set; } = true;

    /// <summary>Where the server, the client and the directory log that have no logs of their own. Default: nowhere.</summary>
    public ILoggerFactory LoggerFactory { get; set; } = NullLoggerFactory.Instance;

    /// <summary>
    /// Run in order before the server listens. One that throws makes the start fail. The token is cancelled when the start is given up.
    /// </summary>
    public IList<Func<RpcService, CancellationToken, ValueTask>> BeforeStart { get; } = [];

    /// <summary>Run in order once the server listens and is registered. One that throws makes the start fail, and the server stops.</summary>
    public IList<Func<RpcService, CancellationToken, ValueTask>> AfterStart { get; } = [];

    /// <summary>
    /// Run, the last one first, before a server stops that had started. Whatever one throws, the others run and the service stops; then it is
    /// thrown. The token is cancelled when the stop is to be hurried.
    /// </summary>
    public IList<Func<RpcService, CancellationToken, ValueTask>> BeforeStop { get; } = [];

    /// <summary>
    /// Run, the last one first, when the server has stopped, also after a start that failed. Whatever one throws, the others run; then it is
    /// thrown.
    /// </summary>
    public IList<Func<RpcService, CancellationToken, ValueTask>> AfterStop { get; } = [];

    /// <summary>Adds an address that the server listens at.</summary>
    /// <param name="address">Such as <c>tcp://0.0.0.0:5000</c>.</param>
    /// <returns>These options.</returns>
    /// <exception cref="FormatException">It is not an address.</exception>
    public RpcServiceOptions Listen(string address)
    {
        Server.Listen(address);
        return this;
    }

    /// <summary>Takes the registry that an address stands for.</summary>
    /// <param name="address">Such as <c>etcd://127.0.0.1:2379</c>.</param>
    /// <param name="providers">What serves it, beside those of <see cref="RegistryProviders"/>.</param>
    /// <returns>These options.</returns>
    public RpcServiceOptions UseRegistry(string address, params ReadOnlySpan<IRegistryProvider> providers)
    {
        ArgumentException.ThrowIfNullOrEmpty(address);
        Registry = address;
        foreach (IRegistryProvider provider in providers) RegistryProviders.Add(provider);
        return this;
    }
}
