namespace SourceGen.Rpc;

/// <summary>
/// What this library calls its telemetry, all of it: listen to the source for traces and to the meter for metrics. Names of spans, metrics
/// and attributes follow OpenTelemetry's semantic conventions for RPC and messaging, version 1.44; those that the conventions do not have begin with
/// <c>sourcegen.rpc</c>.
/// </summary>
/// <example>
/// <code>
/// services.AddOpenTelemetry()
///     .WithTracing(tracing => tracing.AddSource(RpcTelemetry.ActivitySourceName))
///     .WithMetrics(metrics => metrics.AddMeter(RpcTelemetry.MeterName));
/// </code>
/// </example>
public static class RpcTelemetry
{
    /// <summary>The name of the <see cref="System.Diagnostics.ActivitySource"/> that spans come from.</summary>
    public const string ActivitySourceName = "SourceGen.Rpc";

    /// <summary>The name of the <see cref="System.Diagnostics.Metrics.Meter"/> that metrics come from.</summary>
    public const string MeterName = "SourceGen.Rpc";

    /// <summary>The version of the conventions that the names are from.</summary>
    internal const string SchemaUrl = "https://opentelemetry.io/schemas/1.44.0";

    // Headers of W3C trace context.
    internal const string TraceParent = "traceparent";
    internal const string TraceState = "tracestate";

    // Attributes of spans and metrics.
    internal const string SystemName = "rpc.system.name";
    internal const string Method = "rpc.method";
    internal const string StatusCode = "rpc.response.status_code";
    internal const string ErrorType = "error.type";
    internal const string ServerAddress = "server.address";
    internal const string ServerPort = "server.port";
    internal const string PeerAddress = "network.peer.address";
    internal const string PeerPort = "network.peer.port";
    internal const string Direction = "network.io.direction";

    internal const string MessagingSystem = "messaging.system";
    internal const string MessagingDestination = "messaging.destination.name";
    internal const string MessagingOperationName = "messaging.operation.name";
    internal const string MessagingOperationType = "messaging.operation.type";

    // Their values.
    internal const string ThisSystem = "sourcegen_rpc";
    internal const string Transmit = "transmit";
    internal const string Receive = "receive";

    // Metrics.
    internal const string ClientDuration = "rpc.client.call.duration";
    internal const string ServerDuration = "rpc.server.call.duration";
    internal const string PublishDuration = "messaging.client.operation.duration";
    internal const string ProcessDuration = "messaging.process.duration";
    internal const string ClientActiveCalls = "sourcegen.rpc.client.active_calls";
    internal const string ServerActiveCalls = "sourcegen.rpc.server.active_calls";
    internal const string ClientConnections = "sourcegen.rpc.client.connections";
    internal const string ServerConnections = "sourcegen.rpc.server.connections";
    internal const string ClientIO = "sourcegen.rpc.client.io";
    internal const string ServerIO = "sourcegen.rpc.server.io";
    internal const string Retries = "sourcegen.rpc.client.retries";
    internal const string TransparentRetries = "sourcegen.rpc.client.transparent_retries";
    internal const string Hedges = "sourcegen.rpc.client.hedges";
    internal const string RefusedRetries = "sourcegen.rpc.client.refused_retries";
    internal const string OpenedCircuits = "sourcegen.rpc.client.opened_circuits";
    internal const string Ejections = "sourcegen.rpc.client.ejections";
    internal const string Restorations = "sourcegen.rpc.client.restorations";
    internal const string EjectedNodes = "sourcegen.rpc.client.ejected_nodes";
    internal const string RejectedCalls = "sourcegen.rpc.server.rejected_calls";
    internal const string WaitingCalls = "sourcegen.rpc.server.waiting_calls";
    internal const string CallLimit = "sourcegen.rpc.server.call_limit";
    internal const string RejectedConnections = "sourcegen.rpc.server.rejected_connections";
    internal const string CutConnections = "sourcegen.rpc.server.cut_connections";
    internal const string DirectoryServices = "sourcegen.rpc.directory.services";
    internal const string DirectoryStaleServices = "sourcegen.rpc.directory.stale_services";
    internal const string DirectoryNodes = "sourcegen.rpc.directory.nodes";
    internal const string DirectoryFailures = "sourcegen.rpc.directory.failures";
    internal const string RegistrationFailures = "sourcegen.rpc.registration.failures";

    // Their units.
    internal const string Seconds = "s";
    internal const string Bytes = "By";
    internal const string Calls = "{call}";
    internal const string Attempts = "{attempt}";
    internal const string Circuits = "{circuit}";
    internal const string Connections = "{connection}";
    internal const string Services = "{service}";
    internal const string Nodes = "{node}";
    internal const string Failures = "{failure}";

    /// <summary>The limits of the buckets of both durations, in seconds.</summary>
    internal static readonly double[] DurationBuckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
}
