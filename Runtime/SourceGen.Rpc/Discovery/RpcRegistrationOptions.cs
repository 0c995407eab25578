namespace SourceGen.Rpc.Discovery;

/// <summary>How a server enters its services into a registry.</summary>
public sealed class RpcRegistrationOptions
{
    /// <summary>Where. It stays the caller's to dispose of, after the server. Default: null, nowhere.</summary>
    public IRegistry? Registry { get; set; }

    /// <summary>How long an entry lives without being renewed: what a server that dies leaves behind. Default: 90 seconds.</summary>
    public TimeSpan TimeToLive { get; set; } = TimeSpan.FromSeconds(90);

    /// <summary>
    /// How often entries are renewed, which also makes those again that were lost; at most half of <see cref="TimeToLive"/>. Default: 30
    /// seconds.
    /// </summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Whether the server does not start when it cannot be registered. Default: false, it serves, and goes on trying.
    /// </summary>
    public bool IsRequired { get; set; }

    /// <summary>How long deregistering may take when the server stops; what is left then ends with its lease. Default: 5 seconds.</summary>
    public TimeSpan DeregisterTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The addresses that clients are told, in place of those that the server listens at: behind a load balancer or a port mapping, such as
    /// <c>tcp://10.0.0.1:5000</c>. Default: none, which takes those listened at.
    /// </summary>
    public IList<string> AdvertisedAddresses { get; } = [];

    /// <summary>
    /// Which address of the machine clients are told by a server that listens at all of them (<c>0.0.0.0</c>, <c>[::]</c>): the name of a
    /// network interface, or a network such as <c>10.0.0.0/8</c>. Default: null, the first interface that is up and has a gateway.
    /// </summary>
    public string? AdvertisedInterface { get; set; }

    /// <summary>
    /// What tells this server from every other, also from the one that ran at the same address before. Default: null, which makes one of
    /// the machine's name, the process and a random number.
    /// </summary>
    public string? InstanceId { get; set; }

    /// <summary>The server's share of the calls, relative to the others'. Default: 100; from 0, for none, to 1,000,000.</summary>
    public int Weight { get; set; } = ServiceNode.DefaultWeight;

    /// <summary>Where the server runs, such as an availability zone. Default: empty, not known.</summary>
    public string Zone { get; set; } = "";

    /// <summary>The group that its services belong to; clients find those of their own group. Default: empty, none.</summary>
    public string Group { get; set; } = "";

    /// <summary>Words that the server can be chosen by. Default: none.</summary>
    public IList<string> Tags { get; } = [];

    /// <summary>What else clients may know about the server. Default: nothing.</summary>
    public IDictionary<string, string> Metadata { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// Asked every <see cref="CheckInterval"/> whether the server may be registered; while it returns false or throws, it is not. Beside it
    /// counts <see cref="RpcServer.Health"/>, of the server and of each service. Default: null, always.
    /// </summary>
    public Func<CancellationToken, ValueTask<bool>>? Check { get; set; }

    /// <summary>
    /// How often <see cref="Check"/> is asked, after it has answered; up to a tenth less, at random, so that servers which started together do
    /// not ask together. Default: 5 seconds.
    /// </summary>
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long <see cref="Check"/> may take; one that takes longer counts as failed, and is not asked again before it has ended. Default: 5
    /// seconds.
    /// </summary>
    public TimeSpan CheckTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Checks the values against each other.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        if (TimeToLive < TimeSpan.FromSeconds(1) || TimeToLive > TimeSpan.FromDays(1))
        {
            throw Wrong(nameof(TimeToLive), TimeToLive, "from a second to a day");
        }

        if (Interval <= TimeSpan.Zero || Interval > TimeToLive / 2)
        {
            throw Wrong(nameof(Interval), Interval, $"more than zero and at most half of TimeToLive ({TimeToLive})");
        }

        if (DeregisterTimeout < TimeSpan.Zero || DeregisterTimeout > TimeSpan.FromDays(1))
        {
            throw Wrong(nameof(DeregisterTimeout), DeregisterTimeout, "from zero to a day");
        }

        if (CheckInterval <= TimeSpan.Zero || CheckInterval > TimeSpan.FromDays(1))
        {
            throw Wrong(nameof(CheckInterval), CheckInterval, "more than zero and at most a day");
        }

        if (CheckTimeout <= TimeSpan.Zero || CheckTimeout > TimeSpan.FromDays(1))
        {
            throw Wrong(nameof(CheckTimeout), CheckTimeout, "more than zero and at most a day");
        }

        if (Weight is < 0 or > 1_000_000) throw Wrong(nameof(Weight), Weight, "from 0 to 1,000,000");
        foreach (string address in AdvertisedAddresses)
        {
            if (!RpcAddress.TryParse(address, out _)) throw Wrong(nameof(AdvertisedAddresses), address, "addresses, such as tcp://10.0.0.1:5000");
        }

        foreach (string tag in Tags)
        {
            if (tag.Contains(',') || tag.Length == 0) throw Wrong(nameof(Tags), tag, "words without a comma");
        }
    }

    private static ArgumentException Wrong(string name, object value, string expected) =>
        new($"Registration.{name} is {value}; it must be {expected}.");
}
