using SourceGen.Rpc.Client;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.PubSub;
using SourceGen.Rpc.Selection;
using SourceGen.Rpc.Selection.Health;
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
    /// How the client selects among the servers of a service: the balancer, filters, who is ejected, the aperture. It has no effect with a
    /// <see cref="Selector"/>. docs/selection.md has more.
    /// </summary>
    public SelectorOptions Selection { get; } = new();

    /// <summary>
    /// Who selects among the servers of a service, in place of the client's own selector. It stays the caller's to close, after the client, and
    /// is this client's alone. Default: none.
    /// </summary>
    public ISelector? Selector { get; set; }

    /// <summary>
    /// When calls of a method are kept away from a server that fails them, each method and server by itself. Default: null, not at all: a
    /// server that fails calls of any kind is ejected anyway (<see cref="SelectorOptions.Ejection"/>), and this is for servers that fail one
    /// method and are well otherwise.
    /// </summary>
    public CircuitBreakerOptions? CircuitBreaker { get; set; }

    /// <summary>
    /// Whether servers that are ejected are asked for their health (<c>rpc.Health</c>), every
    /// <see cref="ProbeOptions.Interval"/>, so that they return as soon as they are well. Has no effect with a
    /// <see cref="ProbeOptions.Probe"/> or a <see cref="Selector"/>. Default: false, they return when their time is up.
    /// </summary>
    public bool ProbeHealth { get; set; }

    /// <summary>
    /// How many connections there may be to each server that is found in the <see cref="Directory"/>. Another one is opened when all that are
    /// there have <see cref="CallsPerConnection"/> calls in flight. One connection carries millions of small calls a second; several help where
    /// the client has cores to spare and one connection's thread has not. Default: 1.
    /// </summary>
    public int MaxConnectionsPerServer { get; set; } = 1;

    /// <summary>See <see cref="MaxConnectionsPerServer"/>. Default: 256.</summary>
    public int CallsPerConnection { get; set; } = 256;

    /// <summary>
    /// The name of a header, or of baggage; calls with the same value of it go to the same server, with balancers that hash. Methods with a
    /// <see cref="HashKeyAttribute">[HashKey]</see> have that key instead. Default: none.
    /// </summary>
    public string? KeyHeader { get; set; }

    /// <summary>
    /// Where the client runs, such as an availability zone; <see cref="CallStrategy.ZoneAware"/> prefers servers there. Default: empty, which is
    /// not known.
    /// </summary>
    public string Zone { get; set; } = "";

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
    /// How calls are made when neither the call, nor its proxy, nor <see cref="Policies"/>, nor its contract (<see cref="CallPolicyAttribute"/>)
    /// says. A policy must fit every method that it comes to: getting a service with a method that it does not fit fails with an
    /// <see cref="InvalidOperationException"/>. Default: <see cref="RpcCallPolicy.Default"/>.
    /// </summary>
    public RpcCallPolicy Policy { get; set; } = RpcCallPolicy.Default;

    /// <summary>How calls of single services and methods are made, whatever their contracts say. Default: none.</summary>
    public RpcPolicyCollection Policies { get; } = new();

    /// <summary>
    /// Where <see cref="RpcClient.GetPublisher"/> and <see cref="RpcClient.PublishAsync"/> publish; it stays the caller's to connect and to dispose of. Null, the
    /// default, for nowhere; in a host that has a broker, its bus.
    /// </summary>
    public MessageBus? Bus { get; set; }

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

    /// <summary>
    /// What calls share with the handlers of a server in the same process, where the address says that it is (<c>inproc://name</c>), or <see cref="PreferInProcess"/> is set: with
    /// copies of arguments and results, or with the objects themselves, handlers are called directly. docs/in-process.md says what that
    /// means. Default: <see cref="RpcIsolation.Serialize"/>, copies.
    /// </summary>
    public RpcIsolation Isolation { get; set; } = RpcIsolation.Serialize;

    /// <summary>
    /// Whether a server of the same process is called within the process (<see cref="Isolation"/>) although its address, given or found in the
    /// <see cref="Directory"/>, is one of <c>tcp</c> or <c>unix</c>. It is asked whenever a connection opens. Default: false, sockets are
    /// sockets.
    /// </summary>
    public bool PreferInProcess { get; set; }

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
        Selection.Validate();
        CircuitBreaker?.Validate();
        if (MaxConnectionsPerServer is < 1 or > 64)
            throw new ArgumentException($"{nameof(MaxConnectionsPerServer)} is {MaxConnectionsPerServer}; it must be from 1 to 64.");
        if (CallsPerConnection < 1) throw new ArgumentException($"{nameof(CallsPerConnection)} is {CallsPerConnection}; it must be at least 1.");
        ArgumentNullException.ThrowIfNull(Zone);
        RequirePositive(ReconnectDelay, nameof(ReconnectDelay));
        RequirePositive(MaxReconnectDelay, nameof(MaxReconnectDelay));
        if (DrainTimeout < TimeSpan.Zero || DrainTimeout > TimeSpan.FromDays(1))
        {
            throw new ArgumentException($"{nameof(DrainTimeout)} is {DrainTimeout}; it must be from zero to a day.");
        }

        if (Isolation is < RpcIsolation.Off or > RpcIsolation.Share)
            throw new ArgumentException($"{nameof(Isolation)} is {Isolation}; it must be Off, Serialize or Share.");
        if (Policy is null) throw new ArgumentException($"{nameof(Policy)} is null; it must be a policy, such as RpcCallPolicy.Default.");
        ValidatePolicy(nameof(Policy), Policy);
        foreach ((string name, RpcCallPolicy policy) in Policies) ValidatePolicy($"{nameof(Policies)}[{name}]", policy);
        if (CallTimeout != Timeout.InfiniteTimeSpan) RequirePositive(CallTimeout, nameof(CallTimeout));
    }

    private static void ValidatePolicy(string place, RpcCallPolicy policy)
    {
        try
        {
            policy.Validate();
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"{place}: {e.Message}", e);
        }
    }
}
