using System.Collections.Immutable;

namespace SourceGen.Rpc.Selection.Balancing;

/// <summary>The balancers that come with the engine, by the names that configuration calls them.</summary>
public static class Balancers
{
    /// <summary>See <see cref="RandomBalancer"/>.</summary>
    public const string Random = "random";

    /// <summary>See <see cref="RoundRobinBalancer"/>.</summary>
    public const string RoundRobin = "round-robin";

    /// <summary>See <see cref="WeightedRoundRobinBalancer"/>.</summary>
    public const string WeightedRoundRobin = "weighted-round-robin";

    /// <summary>See <see cref="WeightedRandomBalancer"/>.</summary>
    public const string WeightedRandom = "weighted-random";

    /// <summary>See <see cref="LeastRequestsBalancer"/>.</summary>
    public const string LeastRequests = "least-requests";

    /// <summary>See <see cref="PowerOfTwoChoicesBalancer"/>. The one to take when nothing speaks for another.</summary>
    public const string PowerOfTwoChoices = "p2c";

    /// <summary>See <see cref="PeakEwmaBalancer"/>.</summary>
    public const string PeakEwma = "peak-ewma";

    /// <summary>See <see cref="ConsistentHashBalancer"/>.</summary>
    public const string ConsistentHash = "consistent-hash";

    /// <summary>See <see cref="RendezvousBalancer"/>.</summary>
    public const string Rendezvous = "rendezvous";

    /// <summary>See <see cref="ShortestResponseBalancer"/>.</summary>
    public const string ShortestResponse = "shortest-response";

    /// <summary>
    /// See <see cref="LocalityAwareBalancer"/>. By itself it has <see cref="PowerOfTwoChoices"/> inside; another one is named after a
    /// colon: <c>locality-aware:peak-ewma</c>.
    /// </summary>
    public const string LocalityAware = "locality-aware";

    /// <summary>All names.</summary>
    public static ImmutableArray<string> Names { get; } =
    [
        Random, RoundRobin, WeightedRoundRobin, WeightedRandom, LeastRequests, PowerOfTwoChoices, PeakEwma, ConsistentHash, Rendezvous,
        ShortestResponse, LocalityAware,
    ];

    /// <summary>Creates a balancer. Each service, and each selection with nodes of its own, wants one for itself.</summary>
    /// <param name="name">Its name, one of <see cref="Names"/>.</param>
    /// <param name="options">What it is given; null for the defaults.</param>
    /// <exception cref="ArgumentException">There is none of that name; the message lists those that there are.</exception>
    public static IBalancer Create(string name, BalancerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        options ??= new BalancerOptions();
        int? seed = options.Seed;
        TimeProvider time = options.TimeProvider;
        switch (name)
        {
            case Random: return new RandomBalancer(seed);
            case RoundRobin: return new RoundRobinBalancer();
            case WeightedRoundRobin: return new WeightedRoundRobinBalancer();
            case WeightedRandom: return new WeightedRandomBalancer(seed);
            case LeastRequests: return new LeastRequestsBalancer(seed, time);
            case PowerOfTwoChoices: return new PowerOfTwoChoicesBalancer(seed, time);
            case PeakEwma: return new PeakEwmaBalancer(seed, time);
            case ConsistentHash: return new ConsistentHashBalancer(seed: seed);
            case Rendezvous: return new RendezvousBalancer(seed);
            case ShortestResponse: return new ShortestResponseBalancer(seed, time);
            case LocalityAware: return Locality(PowerOfTwoChoices, options);
        }

        const string Prefix = LocalityAware + ":";
        if (name.StartsWith(Prefix, StringComparison.Ordinal)) return Locality(name[Prefix.Length..], options);
        throw new ArgumentException(
            $"There is no balancer '{name}'. There are: {string.Join(", ", Names)}; and {Prefix} with one of them after it.", nameof(name));
    }

    private static LocalityAwareBalancer Locality(string inner, BalancerOptions options)
    {
        // The seed of the one inside is another, or both would draw the same numbers: those that stay in the zone would pick a part of its
        // nodes.
        BalancerOptions innerOptions = options with { Seed = options.Seed + 1 };
        return new LocalityAwareBalancer(options.Zone, () => Create(inner, innerOptions), seed: options.Seed);
    }
}
