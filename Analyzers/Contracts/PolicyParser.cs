using Microsoft.CodeAnalysis;

namespace SourceGen.Rpc.Contracts;

/// <summary>
/// The rules of <c>[CallPolicy]</c>: the method's own, or else that of the interface that declares it, or else the service's. What is a valid
/// policy, and which fits which method, the engine's own types say.
/// </summary>
internal sealed class PolicyParser(INamedTypeSymbol service, ProblemSink problems)
{
    private readonly Dictionary<INamedTypeSymbol, RpcCallPolicy?> _interfaces = new(SymbolEqualityComparer.Default);

    /// <summary>How calls of a method are made; null when the contract does not say, or after reporting what is wrong.</summary>
    /// <param name="method">The method.</param>
    /// <param name="place">Where to speak about it.</param>
    /// <param name="name">What to call it.</param>
    /// <param name="subject">What policies have to know about it.</param>
    public RpcCallPolicy? Parse(IMethodSymbol method, ISymbol place, string name, PolicySubject subject)
    {
        // What is wrong farther away is reported also where something nearer holds.
        RpcCallPolicy? declared = Of(method.ContainingType);
        RpcCallPolicy? common = Of(service);
        RpcCallPolicy? policy = KnownTypes.Attribute(method, "CallPolicyAttribute") is { } own
            ? Read(own, place, $"Method '{name}'")
            : declared ?? common;
        if (policy is null) return null;
        PolicyConflict conflict = PolicyRules.Check(policy, subject, out string reason);
        if (conflict == PolicyConflict.None) return policy;
        DiagnosticDescriptor descriptor = conflict == PolicyConflict.NotIdempotent
            ? DiagnosticDescriptors.RepeatingPolicy
            : DiagnosticDescriptors.UnfitPolicy;
        problems.Report(descriptor, place, name, policy.ToString(), reason);
        return null;
    }

    /// <summary>What an interface says of its methods; what is wrong there is reported once.</summary>
    private RpcCallPolicy? Of(INamedTypeSymbol type)
    {
        if (_interfaces.TryGetValue(type, out RpcCallPolicy? known)) return known;
        ISymbol place = type.Locations.Any(static l => l.IsInSource) ? type : service;
        RpcCallPolicy? policy = KnownTypes.Attribute(type, "CallPolicyAttribute") is { } attribute
            ? Read(attribute, place, $"Interface '{type.Name}'")
            : null;
        _interfaces.Add(type, policy);
        return policy;
    }

    private RpcCallPolicy? Read(AttributeData attribute, ISymbol place, string name)
    {
        try
        {
            RpcCallPolicy policy = Read(attribute);
            policy.Validate();
            return policy;
        }
        catch (ArgumentException e)
        {
            problems.Report(DiagnosticDescriptors.InvalidPolicy, place, name, e.Message.TrimEnd('.'));
            return null;
        }
    }

    private static RpcCallPolicy Read(AttributeData attribute)
    {
        RpcCallPolicy policy = new();
        if (attribute.ConstructorArguments.FirstOrDefault().Value is int strategy) policy = policy with { Strategy = (CallStrategy)strategy };
        if (Number(attribute, "Retries") is { } retries) policy = policy with { Retries = retries };
        if (Number(attribute, "Forks") is { } forks) policy = policy with { Forks = forks };
        if (Time(attribute, "AttemptTimeoutMs") is { } timeout) policy = policy with { AttemptTimeout = timeout };
        if (KnownTypes.NamedArgument(attribute, "RetryOn") is int conditions) policy = policy with { RetryOn = (RetryConditions)conditions };
        policy = policy with { RetryCodes = [.. KnownTypes.NamedArguments(attribute, "RetryCodes").OfType<int>().Select(static c => (RpcStatusCode)c)] };
        TimeSpan? initial = Time(attribute, "InitialBackoffMs");
        TimeSpan? max = Time(attribute, "MaxBackoffMs");
        if (initial is not null || max is not null)
        {
            BackoffPolicy usual = policy.Backoff;
            policy = policy with { Backoff = new BackoffPolicy { Initial = initial ?? usual.Initial, Max = max ?? usual.Max } };
        }

        return policy with { Hedge = ReadHedge(attribute) };
    }

    private static HedgePolicy? ReadHedge(AttributeData attribute)
    {
        TimeSpan? delay = Time(attribute, "HedgeDelayMs");
        double? percentile = KnownTypes.NamedArgument(attribute, "HedgePercentile") is double value and not 0 ? value : null;
        TimeSpan? minDelay = Time(attribute, "HedgeMinDelayMs");
        int? maxHedges = Number(attribute, "MaxHedges");
        if (delay is not null && percentile is not null)
            throw new ArgumentException("HedgeDelayMs and HedgePercentile are both set; take one of them.");
        if (minDelay is not null && percentile is null)
            throw new ArgumentException("HedgeMinDelayMs is set and HedgePercentile is not; it is the least that a percentile may come to.");
        if (maxHedges is not null && delay is null && percentile is null)
            throw new ArgumentException("MaxHedges is set, and nothing says when to hedge; set HedgeDelayMs or HedgePercentile.");
        if (percentile is { } part) return HedgePolicy.AtPercentile(part, minDelay, maxHedges ?? 1);
        return delay is { } time ? HedgePolicy.After(time, maxHedges ?? 1) : null;
    }

    /// <summary>A number that is set; -1 is the attribute's own word for what is not.</summary>
    private static int? Number(AttributeData attribute, string name) =>
        KnownTypes.NamedArgument(attribute, name) is int value and not -1 ? value : null;

    private static TimeSpan? Time(AttributeData attribute, string name) =>
        Number(attribute, name) is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null;
}
