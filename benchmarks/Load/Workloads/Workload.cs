namespace SourceGen.Rpc.Load;

/// <summary>One line of the programme: what is called, by how many callers at once, over one connection.</summary>
internal sealed record Workload
{
    /// <summary>What --only selects it by.</summary>
    public required string Name { get; init; }

    public required CallKind Kind { get; init; }

    /// <summary>How many async loops call at once; the baseline keeps as many frames in flight.</summary>
    public required int Callers { get; init; }

    /// <summary>How many frames the baseline keeps in flight, if it is another number than that of the callers.</summary>
    public int? BaselineInFlight { get; init; }

    /// <summary>How many frames the baseline keeps in flight.</summary>
    public int InFlight => BaselineInFlight ?? Callers;

    /// <summary>Bytes of EchoMessage.Payload; 0 for methods that send none.</summary>
    public int Payload { get; init; }

    /// <summary>Whether the RPC runs in its low-latency mode; the baseline then polls without sleeping.</summary>
    public bool LowLatency { get; init; }

    /// <summary>Whether the RPC runs over TLS; the baseline then is the RPC without it.</summary>
    public bool Tls { get; init; }

    /// <summary>Whether the baseline is Kestrel's response streaming over HTTP/2.</summary>
    public bool Http2 { get; init; }

    public IReadOnlyList<Target> Targets { get; init; } = [];

    /// <summary>What goes over the wire for one call.</summary>
    public FrameSizes Frames => WireSize.Of(Kind, Payload);

    /// <summary>
    /// One call in this many is timed. Two timestamps cost about 50 ns, which is a quarter of a call at 5 million calls a second and
    /// nothing for the slow workloads, so those time every call.
    /// </summary>
    public int SampleEvery => Callers == 1 || Kind == CallKind.SometimesBlock || Payload >= 16 * 1024 ? 1 : 64;

    /// <summary>
    /// How long the baseline and the RPC run before they take turns within a round. A machine's speed changes within seconds (a virtual
    /// one's by half), so turns are short enough for both to get the same share of each speed. Handlers that block for 50 ms
    /// need longer to get into step, and a large message should go there and back several times.
    /// </summary>
    public TimeSpan LongestTurn => TimeSpan.FromSeconds(Kind switch
    {
        CallKind.SometimesBlock => 1,
        CallKind.LargeBesideSmall => 2,
        _ => 0.25,
    });

    /// <summary>The workload in words.</summary>
    public string Description
    {
        get
        {
            string call = Kind switch
            {
                CallKind.Add => "Add(int, int)",
                CallKind.Echo => $"Echo, payload of {Payload:N0} B",
                CallKind.StreamDown => "items of 16 B from the server; a call is an item, its latency that of the first",
                CallKind.StreamUp => "items of 16 B to the server; a call is an item, its latency that of the whole call",
                CallKind.LargeBesideSmall =>
                    $"Add(int, int), while {Payload:N0} B go there and back again and again; latencies are those of Add",
                CallKind.PingPong => "an item of 16 B there and back through a duplex call",
                _ => "one handler in 100 blocks its thread for 50 ms",
            };
            return $"{call}, {Callers} {(Callers == 1 ? "caller" : "callers")}{(LowLatency ? ", low-latency mode" : "")}{(Tls ? ", TLS" : "")}";
        }
    }
}
