using SourceGen.Rpc.Selection;
using SourceGen.Rpc.Selection.Balancing;
using SourceGen.Rpc.Selection.Filters;
using SourceGen.Rpc.Selection.Health;

namespace SourceGen.Rpc.Hosting.Configuration;

/// <summary>What each key of a client's <c>Selection</c> and <c>CircuitBreaker</c> sections sets.</summary>
internal static class SelectionSection
{
    /// <summary>Reads how a client selects its servers.</summary>
    /// <param name="reader">The section.</param>
    /// <param name="client">The client's options. Its zone is what <c>locality-aware</c> goes by.</param>
    public static void Read(SectionReader reader, RpcClientOptions client)
    {
        SelectorOptions options = client.Selection;
        reader.Parsed("Balancer", name =>
        {
            Balancers.Create(name); // Whether there is one of that name.
            options.Balancer = () => Balancers.Create(name, new BalancerOptions { Zone = client.Zone });
        });
        reader.OptionalSection("Filters", filters => ReadFilters(filters, options.Filters));
        reader.Duration("Warmup", value => options.Warmup = value);
        reader.Duration("SlowStart", value => options.SlowStart = value);
        reader.OptionalSection("Aperture", aperture => ReadAperture(aperture, options));
        reader.OptionalSection("Ejection", ejection => ReadEjection(ejection, options.Ejection));
        reader.OptionalSection("Probes", probes => ReadProbes(probes, options.Probes));
    }

    /// <summary>Reads when calls of a method are kept away from a server.</summary>
    public static void ReadCircuitBreaker(SectionReader reader, RpcClientOptions client)
    {
        CircuitBreakerOptions options = client.CircuitBreaker ?? new CircuitBreakerOptions();
        bool enabled = true; // A section without any key is as good as none.
        reader.Switch("IsEnabled", value => enabled = value);
        reader.Count("ConsecutiveFailures", value => options.ConsecutiveFailures = value);
        reader.Number("FailureRatio", value => options.FailureRatio = value);
        reader.Count("MinCalls", value => options.MinCalls = value);
        reader.Duration("Window", value => options.Window = value);
        reader.Duration("OpenTime", value => options.OpenTime = value);
        reader.Duration("MaxOpenTime", value => options.MaxOpenTime = value);
        reader.Count("Probes", value => options.Probes = value);
        reader.Count("ProbesToClose", value => options.ProbesToClose = value);
        client.CircuitBreaker = enabled ? options : null;
    }

    private static void ReadFilters(SectionReader reader, IList<INodeFilter> filters)
    {
        reader.Parsed("Version", range => filters.Add(new VersionFilter(range)));
        reader.Parsed("Labels", selector => filters.Add(new LabelFilter(selector)));
        reader.Text("Zone", zone => filters.Add(new ZoneFilter(zone)));
        reader.Text("Tag", tag => filters.Add(new TagFilter(tag)));
    }

    private static void ReadAperture(SectionReader reader, SelectorOptions options)
    {
        int? size = null;
        int? index = null;
        int? count = null;
        reader.Count("Size", value => size = value);
        reader.Count("Index", value => index = value);
        reader.Count("Count", value => count = value);
        if (index is not { } own || count is not { } all || own < 0 || own >= all)
        {
            reader.Complain("Index and Count are needed, which say which of how many clients this is: Index is from 0 to less than Count.");
            return;
        }

        options.Aperture = new ApertureOptions { Peers = new AperturePeers(own, all) };
        if (size is { } nodes) options.Aperture.Size = nodes;
    }

    private static void ReadEjection(SectionReader reader, EjectionOptions options)
    {
        reader.Count("ConsecutiveFailures", value => options.ConsecutiveFailures = value);
        reader.Duration("BaseTime", value => options.BaseTime = value);
        reader.Duration("MaxTime", value => options.MaxTime = value);
        reader.Number("MaxShare", value => options.MaxShare = value);
        reader.Duration("Interval", value => options.Interval = value);
        reader.Number("SuccessRateFactor", value => options.SuccessRateFactor = value);
        reader.Number("SuccessRateMargin", value => options.SuccessRateMargin = value);
        reader.Number("LatencyFactor", value => options.LatencyFactor = value);
        reader.Count("MinNodes", value => options.MinNodes = value);
        reader.Count("MinCalls", value => options.MinCalls = value);
    }

    private static void ReadProbes(SectionReader reader, ProbeOptions options)
    {
        reader.Duration("Interval", value => options.Interval = value);
        reader.Duration("Timeout", value => options.Timeout = value);
        reader.Switch("AllNodes", value => options.AllNodes = value);
    }
}
