using System.Diagnostics;
using System.Diagnostics.Metrics;
using SourceGen.Rpc.Server;

namespace SourceGen.Rpc.Telemetry;

/// <summary>
/// Where telemetry comes from, once for the process. Calls ask whether anybody listens, each for itself, and do nothing else if nobody
/// does; everything but the durations is counted anyway, and only read when somebody wants to know.
/// </summary>
internal static class Instruments
{
    public static readonly ActivitySource Source = new(new ActivitySourceOptions(RpcTelemetry.ActivitySourceName)
    {
        Version = Wire.Handshake.Version,
        TelemetrySchemaUrl = RpcTelemetry.SchemaUrl,
    });

    public static readonly OpenConnections Connections = new();

    public static readonly DiscoveryCounts Discovery = new();

    public static readonly AdaptiveLimits Limits = new();

    public static readonly ResilienceCounts Resilience = new();

    public static readonly Histogram<double> ClientDuration;

    public static readonly Histogram<double> ServerDuration;

    public static readonly Histogram<double> PublishDuration;

    public static readonly Histogram<double> ProcessDuration;

    static Instruments()
    {
        Meter meter = new(new MeterOptions(RpcTelemetry.MeterName)
        {
            Version = Source.Version,
            TelemetrySchemaUrl = RpcTelemetry.SchemaUrl,
        });
        InstrumentAdvice<double> buckets = new() { HistogramBucketBoundaries = RpcTelemetry.DurationBuckets };
        ClientDuration = meter.CreateHistogram(
            RpcTelemetry.ClientDuration, RpcTelemetry.Seconds, "Duration of calls that this process made.", tags: null, buckets);
        ServerDuration = meter.CreateHistogram(
            RpcTelemetry.ServerDuration, RpcTelemetry.Seconds, "Duration of calls that this process served.", tags: null, buckets);
        PublishDuration = meter.CreateHistogram(
            RpcTelemetry.PublishDuration, RpcTelemetry.Seconds, "Duration of publishing messages.", tags: null, buckets);
        ProcessDuration = meter.CreateHistogram(
            RpcTelemetry.ProcessDuration, RpcTelemetry.Seconds, "Duration of handling messages.", tags: null, buckets);

        meter.CreateObservableUpDownCounter(
            RpcTelemetry.ClientActiveCalls, Connections.CountCallsMade, RpcTelemetry.Calls, "Calls that wait for their answer.");
        meter.CreateObservableUpDownCounter(
            RpcTelemetry.ServerActiveCalls, Connections.CountCallsServed, RpcTelemetry.Calls, "Calls that are being served.");
        meter.CreateObservableUpDownCounter(
            RpcTelemetry.ClientConnections,
            static () => Connections.Count(accepted: false),
            RpcTelemetry.Connections,
            "Open connections that this process opened.");
        meter.CreateObservableUpDownCounter(
            RpcTelemetry.ServerConnections,
            static () => Connections.Count(accepted: true),
            RpcTelemetry.Connections,
            "Open connections that this process accepted.");
        meter.CreateObservableCounter(
            RpcTelemetry.ClientIO,
            static () => Connections.MeasureBytes(accepted: false),
            RpcTelemetry.Bytes,
            "Bytes over connections that this process opened.");
        meter.CreateObservableCounter(
            RpcTelemetry.ServerIO,
            static () => Connections.MeasureBytes(accepted: true),
            RpcTelemetry.Bytes,
            "Bytes over connections that this process accepted.");

        meter.CreateObservableCounter(
            RpcTelemetry.Retries, static () => Resilience.Retries, RpcTelemetry.Attempts, "Attempts after one that failed.");
        meter.CreateObservableCounter(
            RpcTelemetry.TransparentRetries,
            static () => Resilience.TransparentRetries,
            RpcTelemetry.Attempts,
            "Attempts after one that no server ran.");
        meter.CreateObservableCounter(
            RpcTelemetry.Hedges, static () => Resilience.Hedges, RpcTelemetry.Attempts, "Attempts beside one that was not answered yet.");
        meter.CreateObservableCounter(
            RpcTelemetry.RefusedRetries,
            static () => Resilience.RefusedRetries,
            RpcTelemetry.Attempts,
            "Retries and hedges that were not made because the budget was used up.");
        meter.CreateObservableCounter(
            RpcTelemetry.OpenedCircuits, static () => Resilience.OpenedCircuits, RpcTelemetry.Circuits, "Circuit breakers that opened.");
        meter.CreateObservableCounter(
            RpcTelemetry.Ejections, static () => Resilience.Ejections, RpcTelemetry.Nodes, "Nodes that were ejected.");
        meter.CreateObservableCounter(
            RpcTelemetry.Restorations, static () => Resilience.Restorations, RpcTelemetry.Nodes, "Ejected nodes that got calls again.");
        meter.CreateObservableUpDownCounter(
            RpcTelemetry.EjectedNodes, Resilience.CountEjectedNodes, RpcTelemetry.Nodes, "Nodes that are ejected.");

        RejectionCounters rejections = RejectionCounters.Process;
        meter.CreateObservableCounter(
            RpcTelemetry.RejectedCalls, () => rejections.Calls, RpcTelemetry.Calls, "Calls that servers refused because of their limits.");
        meter.CreateObservableUpDownCounter(
            RpcTelemetry.WaitingCalls,
            Limits.CountWaiting,
            RpcTelemetry.Calls,
            "Calls that wait because servers run as many as their adaptive limits allow.");
        meter.CreateObservableUpDownCounter(
            RpcTelemetry.CallLimit, Limits.Sum, RpcTelemetry.Calls, "Calls that servers with an adaptive limit would run at once.");
        meter.CreateObservableCounter(
            RpcTelemetry.RejectedConnections,
            () => rejections.Connections,
            RpcTelemetry.Connections,
            "Connections that servers refused because of their limits.");
        meter.CreateObservableCounter(
            RpcTelemetry.CutConnections,
            () => rejections.Cut,
            RpcTelemetry.Connections,
            "Open connections that servers closed because their peers flooded them.");

        meter.CreateObservableUpDownCounter(
            RpcTelemetry.DirectoryServices, Discovery.CountServices, RpcTelemetry.Services, "Services that directories follow.");
        meter.CreateObservableUpDownCounter(
            RpcTelemetry.DirectoryStaleServices,
            Discovery.CountStaleServices,
            RpcTelemetry.Services,
            "Services of which directories know only what was so before.");
        meter.CreateObservableUpDownCounter(
            RpcTelemetry.DirectoryNodes, Discovery.CountNodes, RpcTelemetry.Nodes, "Nodes of the services that directories follow.");
        meter.CreateObservableCounter(
            RpcTelemetry.DirectoryFailures,
            () => Discovery.FollowingFailures,
            RpcTelemetry.Failures,
            "Failures to follow or read a service at a registry.");
        meter.CreateObservableCounter(
            RpcTelemetry.RegistrationFailures,
            () => Discovery.RegisteringFailures,
            RpcTelemetry.Failures,
            "Failures to register a service at a registry.");
    }

    /// <summary>Whether anybody wants to know of calls that this process makes.</summary>
    public static bool ObservesClients => Source.HasListeners() || ClientDuration.Enabled;

    /// <summary>Whether anybody wants to know of calls that this process serves.</summary>
    public static bool ObservesServers => Source.HasListeners() || ServerDuration.Enabled;
}
