using System.Collections.Concurrent;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace SourceGen.Rpc.Telemetry.Tests.Support;

/// <summary>Listens for spans with the OpenTelemetry SDK, as a program would, and keeps those that have ended.</summary>
internal sealed class Traces : IDisposable
{
    /// <summary>For spans of the test's own.</summary>
    public static readonly ActivitySource Own = new("Tests");

    private readonly Keeper _keeper = new();
    private readonly TracerProvider _provider;

    public Traces(Sampler? sampler = null) => _provider = Sdk.CreateTracerProviderBuilder()
        .SetSampler(sampler ?? new AlwaysOnSampler())
        .AddSource(RpcTelemetry.ActivitySourceName, Own.Name)
        .AddProcessor(_keeper)
        .Build();

    /// <summary>Spans that have ended, of this library.</summary>
    public Activity[] Ended => [.. _keeper.Ended.Where(span => span.Source.Name == RpcTelemetry.ActivitySourceName)];

    /// <summary>Spans that were started, of this library.</summary>
    public Activity[] Started => [.. _keeper.Started.Where(span => span.Source.Name == RpcTelemetry.ActivitySourceName)];

    /// <summary>Waits until so many spans have ended; a server's may end a moment after its reply has arrived.</summary>
    public async Task<Activity[]> TakeAsync(int count)
    {
        await Until.TrueAsync(() => Ended.Length >= count, () => $"there are {Ended.Length} spans, not {count}");
        Activity[] spans = Ended;
        Assert.Equal(count, spans.Length);
        Assert.Equal(count, Started.Length);
        _keeper.Clear();
        return spans;
    }

    /// <summary>Waits for the two spans of one call.</summary>
    public async Task<(Activity Client, Activity Server)> TakeCallAsync()
    {
        Activity[] spans = await TakeAsync(2);
        Activity client = Assert.Single(spans, span => span.Kind == ActivityKind.Client);
        Activity server = Assert.Single(spans, span => span.Kind == ActivityKind.Server);
        Assert.Equal((client.TraceId, client.SpanId), (server.TraceId, server.ParentSpanId));
        return (client, server);
    }

    public void Clear() => _keeper.Clear();

    public void Dispose() => _provider.Dispose();

    private sealed class Keeper : BaseProcessor<Activity>
    {
        public ConcurrentQueue<Activity> Started { get; } = new();

        public ConcurrentQueue<Activity> Ended { get; } = new();

        public override void OnStart(Activity data) => Started.Enqueue(data);

        public override void OnEnd(Activity data) => Ended.Enqueue(data);

        public void Clear()
        {
            Started.Clear();
            Ended.Clear();
        }
    }
}
