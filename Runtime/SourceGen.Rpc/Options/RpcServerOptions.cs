using System.Threading.RateLimiting;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc;

/// <summary>What a server listens at and how it behaves.</summary>
public sealed class RpcServerOptions : RpcConnectionOptions
{
    /// <summary>The addresses to listen at, such as <c>tcp://0.0.0.0:5000</c>.</summary>
    public IList<string> Addresses { get; } = [];

    /// <summary>What runs around the calls that are served, in this order. Default: nothing.</summary>
    public RpcFilterCollection<IRpcServerFilter> Filters { get; } = new();

    /// <summary>What runs around the calls that handlers make to their callers, in this order. Default: nothing.</summary>
    public RpcFilterCollection<IRpcClientFilter> CallbackFilters { get; } = new();

    /// <summary>
    /// The services that the server offers by itself. Default: health and description; not statistics, which cost each call some
    /// nanoseconds. A program can also be published without any: docs/built-in-services.md says how.
    /// </summary>
    public RpcBuiltInServices BuiltInServices { get; set; } = RpcBuiltInServices.Health | RpcBuiltInServices.Describe;

    /// <summary>How long a client may take to introduce itself. Default: 5 seconds.</summary>
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The most connections at once. A further client is told so in the hello, with <see cref="RpcStatusCode.ResourceExhausted"/>.
    /// Default: 10,000.
    /// </summary>
    public int MaxConnections { get; set; } = 10_000;

    /// <summary>
    /// The most connections from one IP address, or from one /64 of IPv6 addresses; connections that are not from the network
    /// (<c>unix</c>, <c>memory</c>) do not count. Default: null, no limit of its own.
    /// </summary>
    public int? MaxConnectionsPerAddress { get; set; }

    /// <summary>The most connections that have not introduced themselves yet. Default: 1,000.</summary>
    public int MaxConnectionsInHandshake { get; set; } = 1000;

    /// <summary>
    /// The most calls that run at once over all connections together, one-way calls included. A further one is refused with
    /// <see cref="RpcStatusCode.ResourceExhausted"/>; a further one-way call is dropped. Default: null, no limit but
    /// <see cref="RpcLimits.MaxConcurrentCalls"/> of each connection.
    /// </summary>
    public int? MaxTotalConcurrentCalls { get; set; }

    /// <summary>
    /// Asked for one permit by each call before its arguments are read; a call that gets none is refused with
    /// <see cref="RpcStatusCode.ResourceExhausted"/>, a one-way call is dropped. It is never waited for: a queue of its own is not used.
    /// The permit is given back when the call is over. It stays the caller's to dispose of. Default: null, no limit and no cost.
    /// </summary>
    public PartitionedRateLimiter<RpcCallInfo>? RateLimiter { get; set; }

    /// <summary>
    /// Finds out how many calls the server can run at once without making all of them slow, and refuses those beyond: docs/limits.md. It
    /// works beside the other limits. Default: null, no such limit and no cost.
    /// </summary>
    public RpcAdaptiveLimit? AdaptiveLimit { get; set; }

    /// <summary>
    /// How long a call of a handler's to its caller (<see cref="RpcContext.GetCaller{TService}"/>) may take when the contract does not say
    /// (<see cref="MethodAttribute.TimeoutMs"/>). Default: 5 seconds; <see cref="Timeout.InfiniteTimeSpan"/> for no limit.
    /// </summary>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>What the program does when the server starts and stops, in this order and in the reverse one. Default: nothing.</summary>
    public IList<IRpcServerLifecycle> Lifecycle { get; } = [];

    /// <summary>
    /// How long each method of <see cref="Lifecycle"/> may take while the server stops; it goes on without waiting for one that takes longer.
    /// Default: 10 seconds.
    /// </summary>
    public TimeSpan HookTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a stopping server goes on as if nothing were the matter after it has said that it is not ready and has left the registry: for
    /// load balancers that look at readiness, and would still send it connections. Default: zero.
    /// </summary>
    public TimeSpan StopDelay { get; set; }

    /// <summary>
    /// How long a stopping server still serves calls after it has told its clients to go elsewhere, because some are on their way already; it
    /// ends when the clients have closed. Calls that come later are refused, and can be made elsewhere. Default: 1 second.
    /// </summary>
    public TimeSpan GoAwayGrace { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a stopping server waits for the calls in flight. Default: 30 seconds.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Where the server's services are entered for clients to find. Default: nowhere.</summary>
    public RpcRegistrationOptions Registration { get; } = new();

    /// <summary>
    /// Where events come from that <see cref="RpcServer.AddSubscriber{TTopic}(TTopic, SubscriptionOptions?)"/> has handled; it stays the caller's to dispose of. Null, the default,
    /// for nowhere; in a host that has a broker, its bus.
    /// </summary>
    public MessageBus? Bus { get; set; }

    /// <summary>Who may call. Default: everybody.</summary>
    public RpcAccessOptions Access { get; } = new();

    /// <summary>Adds an address to listen at.</summary>
    /// <param name="address">Such as <c>tcp://127.0.0.1:0</c> for a free port, or <c>unix:///run/greeter.sock</c>.</param>
    /// <returns>These options.</returns>
    /// <exception cref="FormatException">It is not an address.</exception>
    public RpcServerOptions Listen(string address)
    {
        Addresses.Add(RpcAddress.Parse(address).ToString());
        return this;
    }

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        RequirePositive(HandshakeTimeout, nameof(HandshakeTimeout));
        RequireAtLeastOne(MaxConnections, nameof(MaxConnections));
        RequireAtLeastOne(MaxConnectionsPerAddress ?? 1, nameof(MaxConnectionsPerAddress));
        RequireAtLeastOne(MaxConnectionsInHandshake, nameof(MaxConnectionsInHandshake));
        RequireAtLeastOne(MaxTotalConcurrentCalls ?? 1, nameof(MaxTotalConcurrentCalls));
        AdaptiveLimit?.Validate();
        if (CallTimeout != Timeout.InfiniteTimeSpan) RequirePositive(CallTimeout, nameof(CallTimeout));
        RequirePositive(HookTimeout, nameof(HookTimeout));
        RequireUpToADay(StopDelay, nameof(StopDelay));
        RequireUpToADay(GoAwayGrace, nameof(GoAwayGrace));
        Access.Validate();
        Registration.Validate();
        if (DrainTimeout < TimeSpan.Zero)
            throw new ArgumentException($"{nameof(DrainTimeout)} is {DrainTimeout}; it must not be negative.");
        if ((BuiltInServices & ~RpcBuiltInServices.All) != 0)
        {
            throw new ArgumentException($"{nameof(BuiltInServices)} is {BuiltInServices}; it must be made of Health, Describe and Stats.");
        }

        if (Addresses.Count == 0)
        {
            throw new ArgumentException(
                $"{nameof(Addresses)} is empty; tell the server where to listen, for example options.Listen(\"tcp://127.0.0.1:5000\").");
        }
    }
    private static void RequireAtLeastOne(int value, string name)
    {
        if (value < 1) throw new ArgumentException($"{name} is {value:N0}; it must be at least 1.");
    }

    private static void RequireUpToADay(TimeSpan time, string name)
    {
        if (time < TimeSpan.Zero || time > TimeSpan.FromDays(1)) throw new ArgumentException($"{name} is {time}; it must be from zero to a day.");
    }
}
