using System.Diagnostics;
using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;

namespace SourceGen.Rpc.Benchmarks.Micro.Engine;

/// <summary>
/// What listening adds to a whole call, client and server in this process: the listeners do nothing with what they are told, so this is
/// what telling them costs.
/// </summary>
[MemoryDiagnoser]
public class TelemetryBenchmark
{
    private const int Calls = 4096;

    private RpcServer _server = null!;
    private RpcClient _client = null!;
    private IEngineContract _service = null!;
    private MeterListener? _metrics;
    private ActivityListener? _traces;
    private double _sum;

    /// <summary>What is listened to.</summary>
    public enum Listening
    {
        /// <summary>Nothing.</summary>
        Off,

        /// <summary>Durations of calls.</summary>
        Metrics,

        /// <summary>Spans, none of which is sampled.</summary>
        Unsampled,

        /// <summary>Spans, all of them.</summary>
        Traces,
    }

    [Params(Listening.Off, Listening.Metrics, Listening.Unsampled, Listening.Traces)]
    public Listening To { get; set; }

    [Params(1, 64)]
    public int Callers { get; set; }

    // Synchronous, because the in-process toolchain does not wait for asynchronous ones.
    [GlobalSetup]
    public void Setup() => StartAsync().GetAwaiter().GetResult();

    [GlobalCleanup]
    public void Cleanup() => StopAsync().GetAwaiter().GetResult();

    [Benchmark(OperationsPerInvoke = Calls)]
    public void Add() => Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => CallAsync(Calls / Callers))).GetAwaiter().GetResult();

    private async Task StartAsync()
    {
        // Traced calls have a context, others would have one too in a process that has clients.
        RpcServerOptions options = new RpcServerOptions { FlowContext = false }.Listen("memory://");
        _server = new RpcServer(options).AddService<IEngineContract>(new EngineService());
        await _server.StartAsync();
        _client = await RpcClient.ConnectAsync(_server.Addresses[0].ToString());
        _service = _client.Get<IEngineContract>();
        if (To == Listening.Metrics)
        {
            _metrics = new MeterListener
            {
                InstrumentPublished = static (instrument, listener) =>
                {
                    if (instrument is Histogram<double> && instrument.Meter.Name == RpcTelemetry.MeterName)
                        listener.EnableMeasurementEvents(instrument);
                },
            };
            _metrics.SetMeasurementEventCallback<double>((_, seconds, _, _) => _sum += seconds);
            _metrics.Start();
        }
        else if (To != Listening.Off)
        {
            ActivitySamplingResult result = To == Listening.Traces
                ? ActivitySamplingResult.AllDataAndRecorded
                : ActivitySamplingResult.PropagationData;
            _traces = new ActivityListener
            {
                ShouldListenTo = static source => source.Name == RpcTelemetry.ActivitySourceName,
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => result,
            };
            ActivitySource.AddActivityListener(_traces);
        }
    }

    private async Task StopAsync()
    {
        _metrics?.Dispose();
        _traces?.Dispose();
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    private async Task CallAsync(int calls)
    {
        for (int i = 0; i < calls; i++) await _service.AddAsync(i, 1);
    }
}
