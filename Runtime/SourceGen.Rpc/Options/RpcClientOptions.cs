using SourceGen.Rpc.Client;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Server;

namespace SourceGen.Rpc;

/// <summary>How a client connects and calls.</summary>
public sealed class RpcClientOptions : RpcConnectionOptions
{
    /// <summary>
    /// The server's address, such as <c>tcp://127.0.0.1:5000</c>, for a client that is created from its options alone; an address that is
    /// given beside the options is taken instead. Default: none.
    /// </summary>
    public string? Address { get; set; }

    /// <summary>
    /// Where the client finds servers by the names of services, in place of an <see cref="Address"/>. It stays the caller's to dispose of,
    /// after the client. Default: none.
    /// </summary>
    public IServiceDirectory? Directory { get; set; }

    /// <summary>
    /// The group whose services are found in the <see cref="Directory"/>. Default: empty, those without a group;
    /// <see cref="ServiceUrl.Any"/> for those of all.
    /// </summary>
    public string Group { get; set; } = "";

    /// <summary>
    /// How long opening a connection may take, and how long a call waits for one while there is none. Default: 5 seconds.
    /// </summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a call may take when neither the call (<see cref="RpcCallScope"/>), nor its proxy, nor its contract
    /// (<see cref="MethodAttribute.TimeoutMs"/>) says. Default: 5 seconds; <see cref="Timeout.InfiniteTimeSpan"/> for no limit.
    /// </summary>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Headers of every call, for the server that is called and no further; proxies and calls can replace them. Default: none.
    /// </summary>
    public RpcHeaders Headers { get; } = new();

    /// <summary>What runs around the calls that are made, in this order. Default: nothing.</summary>
    public RpcFilterCollection<IRpcClientFilter> Filters { get; } = new();

    /// <summary>What runs around the calls that are served, of services that the client offers, in this order. Default: nothing.</summary>
    public RpcFilterCollection<IRpcServerFilter> CallbackFilters { get; } = new();

    /// <summary>
    /// The wait before the second attempt to connect; it doubles with each further one, and each is shortened at random. Default: 50 ms.
    /// </summary>
    public TimeSpan ReconnectDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest wait between two attempts to connect. Default: 5 seconds.</summary>
    public TimeSpan MaxReconnectDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a client that is disposed of waits for the calls it serves (<see cref="RpcClient.AddService{TService}(TService)"/>).
    /// Default: 5 seconds; zero for not at all.
    /// </summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// What the client proves itself with, when it connects or with each call; a call's own (<see cref="RpcCallOptions.Credential"/>, or an
    /// <c>authorization</c> header) goes before. It is sent only where nobody can read it: see <see cref="AllowInsecureCredentials"/>.
    /// Default: nothing.
    /// </summary>
    public RpcCredentials? Credentials { get; set; }

    /// <summary>
    /// Whether credentials may go over connections that others can read. Without it, connecting or calling fails, unless the connection is
    /// encrypted or does not leave the machine (<c>unix</c>, <c>memory</c>, and <c>tcp</c> to a loopback address). Default: false.
    /// </summary>
    public bool AllowInsecureCredentials { get; set; }

    internal List<ServiceRegistration> Services { get; } = [];

    /// <summary>
    /// Offers a service to the server, as <see cref="RpcClient.AddService{TService}(TService)"/> does; every client created with these
    /// options offers it.
    /// </summary>
    /// <param name="implementation">The implementation, for all calls; its methods run concurrently.</param>
    /// <returns>These options.</returns>
    /// <exception cref="InvalidOperationException">A service of that name and version was added before.</exception>
    public RpcClientOptions AddService<TService>(TService implementation)
        where TService : class, IRpcContract<TService>
    {
        ArgumentNullException.ThrowIfNull(implementation);
        ClientServices.EnsureNew(Services, TService.Contract);
        Services.Add(new ServiceRegistration<TService>(TService.Contract, new SharedServiceSource<TService>(implementation)));
        return this;
    }

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        RequirePositive(ConnectTimeout, nameof(ConnectTimeout));
        RequirePositive(ReconnectDelay, nameof(ReconnectDelay));
        RequirePositive(MaxReconnectDelay, nameof(MaxReconnectDelay));
        if (DrainTimeout < TimeSpan.Zero || DrainTimeout > TimeSpan.FromDays(1))
        {
            throw new ArgumentException($"{nameof(DrainTimeout)} is {DrainTimeout}; it must be from zero to a day.");
        }

        if (CallTimeout != Timeout.InfiniteTimeSpan) RequirePositive(CallTimeout, nameof(CallTimeout));
    }
}
