namespace SourceGen.Rpc.Load;

/// <summary>One kind of number that a round gives: where it is found, what it is called, and how it is printed.</summary>
internal sealed record Figure(
    string Label, string JsonName, Func<Measurement, double> Get, Func<double, string> Format, bool HasRatio = true)
{
    public static readonly Figure CallsPerSecond = new("calls/s", "callsPerSecond", m => m.CallsPerSecond, FormatRate);
    public static readonly Figure P50 = new("p50", "p50Microseconds", m => m.P50, FormatMicroseconds);
    public static readonly Figure P99 = new("p99", "p99Microseconds", m => m.P99, FormatMicroseconds);
    public static readonly Figure P999 = new("p99.9", "p999Microseconds", m => m.P999, FormatMicroseconds);
    public static readonly Figure ClientBytes =
        new("client B/call", "clientBytesPerCall", m => m.ClientBytesPerCall, FormatBytes, HasRatio: false);
    public static readonly Figure ServerBytes =
        new("server B/call", "serverBytesPerCall", m => m.ServerBytesPerCall, FormatBytes, HasRatio: false);
    public static readonly Figure ClientCpu =
        new("client CPU/call", "clientCpuMicrosecondsPerCall", m => m.ClientCpuPerCall, FormatMicroseconds);
    public static readonly Figure ServerCpu =
        new("server CPU/call", "serverCpuMicrosecondsPerCall", m => m.ServerCpuPerCall, FormatMicroseconds);

    /// <summary>All, in the order in which they are printed.</summary>
    public static readonly IReadOnlyList<Figure> All = [CallsPerSecond, P50, P99, P999, ClientBytes, ServerBytes, ClientCpu, ServerCpu];

    /// <summary>The figure divided by the baseline's. Bytes have no ratio: the baseline allocates none.</summary>
    public double Ratio(double value, double baseline) => HasRatio ? value / baseline : double.NaN;

    private static string FormatRate(double value) => value switch
    {
        >= 1e6 => $"{value / 1e6:0.00} M",
        >= 1e3 => $"{value / 1e3:0.0} k",
        _ => $"{value:0}",
    };

    private static string FormatMicroseconds(double value) => value switch
    {
        >= 1e4 => $"{value / 1e3:0.0} ms",
        >= 1e3 => $"{value / 1e3:0.00} ms",
        >= 10 => $"{value:0.0} us",
        >= 1 => $"{value:0.00} us",
        _ => $"{value * 1e3:0} ns",
    };

    private static string FormatBytes(double value) => value >= 100 ? $"{value:N0} B" : $"{value:0.0} B";
}
