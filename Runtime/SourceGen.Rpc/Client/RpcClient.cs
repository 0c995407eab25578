using SourceGen.Rpc.Client;
using SourceGen.Rpc.Client.Nodes;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.PubSub;
using SourceGen.Rpc.Server;

namespace SourceGen.Rpc;

/// <summary>
/// Calls services: those of one server over one connection, which it opens again when it is lost, or those of all servers that a directory
/// knows, each call at the next in turn. Thread safe; one client serves a whole process. It needs neither a host nor dependency injection.
/// </summary>
public sealed partial class RpcClient : IAsyncDisposable
{
    private readonly ServerAccess _servers;
    private readonly MessageBus? _bus;

    private RpcClient(ServerAccess servers, MessageBus? bus)
    {
        _servers = servers;
        _bus = bus;
        AmbientContext.Use(); // Handlers in this process may call over it: what they serve is to be known from now on.
    }

    /// <summary>The server's address; null for a client that finds servers in a directory.</summary>
    public RpcAddress? Address => _servers.Address;

    /// <summary>Where the calls to its one server go.</summary>
    internal ClientChannel Channel => _servers.Single;

    /// <summary>How it gets to servers.</summary>
    internal ServerAccess Servers => _servers;

    /// <summary>Whether there is a connection at this moment.</summary>
    public bool IsConnected => _servers.IsConnected;

    /// <summary>Creates a client that connects when the first call is made.</summary>
    /// <param name="address">The server's address, such as <c>tcp://127.0.0.1:5000</c>.</param>
    /// <param name="options">How it connects and calls; null for the defaults.</param>
    /// <exception cref="FormatException">The address is not one.</exception>
    /// <exception cref="NotSupportedException">No transport serves the address.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static RpcClient Create(string address, RpcClientOptions? options = null) =>
        new(new SingleServer(new ClientChannel(RpcAddress.Parse(address), options ?? new RpcClientOptions())), options?.Bus);

    /// <summary>
    /// Creates a client that connects when the first call is made: to <see cref="RpcClientOptions.Address"/>, or to the servers in
    /// <see cref="RpcClientOptions.Directory"/>.
    /// </summary>
    /// <param name="options">Where and how it connects and calls.</param>
    /// <exception cref="FormatException">The address is not one.</exception>
    /// <exception cref="NotSupportedException">No transport serves the address.</exception>
    /// <exception cref="ArgumentException">The address is missing, or an option is out of range.</exception>
    public static RpcClient Create(RpcClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Address is { } address) return Create(address, options);
        if (options.Directory is { } directory) return new RpcClient(new DiscoveredServers(directory, options), options.Bus);
        throw new ArgumentException(
            "Address is missing; tell the client where its server listens, for example options.Address = \"tcp://127.0.0.1:5000\", "
            + "or where it finds servers by the name of a service, with options.Directory.");
    }

    /// <summary>Creates a client and connects, in one attempt.</summary>
    /// <param name="address">The server's address, such as <c>tcp://127.0.0.1:5000</c>.</param>
    /// <param name="options">How it connects and calls; null for the defaults.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException">The server cannot be reached, or is not one; the message says what was found.</exception>
    /// <exception cref="FormatException">The address is not one.</exception>
    /// <exception cref="NotSupportedException">No transport serves the address.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static async ValueTask<RpcClient> ConnectAsync(
        string address, RpcClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        RpcClient client = Create(address, options);
        try
        {
            await client.Channel.ConnectAsync(cancellationToken).ConfigureAwait(false);
            return client;
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Offers a service to the server, whose handlers call it through <see cref="RpcContext.GetCaller{TService}"/>. One object implements
    /// it for all calls; its methods run concurrently.
    /// </summary>
    /// <param name="implementation">The implementation.</param>
    /// <returns>This client.</returns>
    /// <exception cref="InvalidOperationException">
    /// The connection was opened already, or the client offers a service of that name and version already.
    /// </exception>
    /// <exception cref="NotSupportedException">
    /// A codec cannot serialize a type of the service, or its contract requires authorization, which a client cannot ask of its server.
    /// </exception>
    public RpcClient AddService<TService>(TService implementation)
        where TService : class, IRpcContract<TService>
    {
        ArgumentNullException.ThrowIfNull(implementation);
        return AddService(new SharedServiceSource<TService>(implementation));
    }

    /// <summary>
    /// Offers a service to the server whose implementation comes from <paramref name="source"/>, for each call if it wishes.
    /// </summary>
    /// <param name="source">Where the implementation comes from.</param>
    /// <returns>This client.</returns>
    /// <exception cref="InvalidOperationException">
    /// The connection was opened already, or the client offers a service of that name and version already.
    /// </exception>
    /// <exception cref="NotSupportedException">
    /// A codec cannot serialize a type of the service, or its contract requires authorization, which a client cannot ask of its server.
    /// </exception>
    public RpcClient AddService<TService>(ServiceSource<TService> source)
        where TService : class, IRpcContract<TService>
    {
        ArgumentNullException.ThrowIfNull(source);
        _servers.Offer(new ServiceRegistration<TService>(TService.Contract, source));
        return this;
    }

    /// <summary>Gets a service: an object whose methods call the server. Creating one is cheap; keeping it is cheaper.</summary>
    public TService Get<TService>()
        where TService : class, IRpcContract<TService> => TService.Contract.CreateProxy(_servers.GetChannel(TService.Contract));

    /// <summary>Gets a service whose calls are made with options of their own, where the call itself does not say otherwise.</summary>
    /// <param name="options">What the calls are made with; changes that come later have no effect.</param>
    public TService Get<TService>(RpcCallOptions options)
        where TService : class, IRpcContract<TService>
    {
        ArgumentNullException.ThrowIfNull(options);
        return TService.Contract.CreateProxy(new ProxyChannel(_servers.GetChannel(TService.Contract), options.Copy()));
    }

    /// <summary>
    /// Makes a call at every server of a service, at once, and gathers what they answer. For calls of which one result is enough, and an error
    /// when one fails, there is <see cref="CallStrategy.Broadcast"/>.
    /// </summary>
    /// <example>
    /// <code>
    /// var sizes = await client.BroadcastAsync((ICache cache, CancellationToken stop) => cache.SizeAsync(stop));
    /// foreach (var one in sizes) Console.WriteLine(one.IsSuccess ? $"{one.Address} has {one.Value}" : $"{one.Address}: {one.Error.Message}");
    /// </code>
    /// </example>
    /// <param name="call">Makes the call; it is given a proxy for each server.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What each server answered, in the registry's order: also that it failed, or could not be reached.</returns>
    /// <exception cref="RpcException">No server is known, or none can be reached.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async ValueTask<IReadOnlyList<RpcNodeResult<TResult>>> BroadcastAsync<TService, TResult>(
        Func<TService, CancellationToken, ValueTask<TResult>> call, CancellationToken cancellationToken = default)
        where TService : class, IRpcContract<TService>
    {
        ArgumentNullException.ThrowIfNull(call);
        RpcContract<TService> contract = TService.Contract;
        IReadOnlyList<NodeChannel> servers = await _servers.GetAllAsync(contract, cancellationToken).ConfigureAwait(false);
        return await Task.WhenAll(servers.Select(async server =>
        {
            try
            {
                await server.ConnectAsync(contract.Name, cancellationToken).ConfigureAwait(false);
                TResult result = await call(contract.CreateProxy(server), cancellationToken).ConfigureAwait(false);
                return new RpcNodeResult<TResult>(server.Address, server.Instance, result, error: null);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                return new RpcNodeResult<TResult>(server.Address, server.Instance, default, e);
            }
        })).ConfigureAwait(false);
    }

    /// <summary>
    /// Closes the connection. Calls of the server's that this client serves have <see cref="RpcClientOptions.DrainTimeout"/> to finish;
    /// then calls in flight fail with <see cref="RpcStatusCode.Unavailable"/>.
    /// </summary>
    public ValueTask DisposeAsync() => _servers.DisposeAsync();
}
