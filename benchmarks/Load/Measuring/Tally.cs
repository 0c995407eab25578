using System.Diagnostics;

namespace SourceGen.Rpc.Load;

/// <summary>Adds up the turns that one contender had in a round.</summary>
internal sealed class Tally
{
    private readonly LatencyHistogram _latencies = new();
    private ProcessCounters _client;
    private ProcessCounters _server;
    private TimeSpan _elapsed;
    private long _calls;
    private long _callsInTime;

    /// <summary>Adds a turn.</summary>
    /// <param name="sample">The callers' view.</param>
    /// <param name="client">What the client process used up meanwhile.</param>
    /// <param name="server">What the server process used up meanwhile.</param>
    public void Add(LoadSample sample, ProcessCounters client, ProcessCounters server)
    {
        _latencies.Merge(sample.Latencies);
        _calls += sample.Calls;
        _callsInTime += sample.CallsInTime;
        _elapsed += sample.Elapsed;
        _client += client;
        _server += server;
    }

    /// <summary>The figures of all turns together.</summary>
    public Measurement ToMeasurement()
    {
        double microsecondsPerTick = 1e6 / Stopwatch.Frequency;
        return new Measurement
        {
            Calls = _calls,
            CallsPerSecond = _callsInTime / _elapsed.TotalSeconds,
            P50 = _latencies.Percentile(50) * microsecondsPerTick,
            P99 = _latencies.Percentile(99) * microsecondsPerTick,
            P999 = _latencies.Percentile(99.9) * microsecondsPerTick,
            Max = _latencies.Max * microsecondsPerTick,
            TimedCalls = _latencies.Count,
            ClientBytesPerCall = (double)_client.AllocatedBytes / _calls,
            ServerBytesPerCall = (double)_server.AllocatedBytes / _calls,
            ClientCpuPerCall = _client.CpuMicroseconds / _calls,
            ServerCpuPerCall = _server.CpuMicroseconds / _calls,
        };
    }
}
