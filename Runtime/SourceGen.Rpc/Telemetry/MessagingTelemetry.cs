using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Telemetry;

/// <summary>
/// What telemetry says of the messages of one topic, by OpenTelemetry's conventions for messaging: a span and a duration for publishing, and for
/// handling one of a consumer that continues the publisher's trace.
/// </summary>
internal sealed class MessagingTelemetry
{
    private readonly string _spanName;
    private readonly bool _isPublishing;
    private readonly KeyValuePair<string, object?>[] _tags;

    private MessagingTelemetry(IBroker broker, string topic, bool isPublishing)
    {
        _isPublishing = isPublishing;
        string operation = isPublishing ? "publish" : "process";
        _spanName = $"{operation} {topic}";
        _tags =
        [
            new(RpcTelemetry.MessagingSystem, SystemOf(broker.Address)),
            new(RpcTelemetry.MessagingDestination, topic),
            new(RpcTelemetry.MessagingOperationName, operation),
            new(RpcTelemetry.MessagingOperationType, isPublishing ? "send" : "process"),
        ];
    }

    /// <summary>Whether anybody listens.</summary>
    public bool IsWanted =>
        Instruments.Source.HasListeners() || (_isPublishing ? Instruments.PublishDuration.Enabled : Instruments.ProcessDuration.Enabled);

    public static MessagingTelemetry ForPublishing(IBroker broker, string topic) => new(broker, topic, isPublishing: true);

    public static MessagingTelemetry ForHandling(IBroker broker, string topic) => new(broker, topic, isPublishing: false);

    /// <summary>Begins to publish, in a method that the span ends with.</summary>
    public Activity? StartPublishing() => Instruments.Source.StartActivity(_spanName, ActivityKind.Producer, parentContext: default, _tags);

    /// <summary>Begins to handle, in a method that the span ends with.</summary>
    public Activity? StartHandling(in IncomingMessage message)
    {
        if (!Instruments.Source.HasListeners()) return null;
        RpcHeaders headers = new();
        foreach ((string name, string value) in message.Headers.Span)
        {
            if (name is RpcTelemetry.TraceParent or RpcTelemetry.TraceState) headers.AddChecked(name, value);
        }

        TraceHeaders.TryRead(headers, out ActivityContext parent);
        return Instruments.Source.StartActivity(_spanName, ActivityKind.Consumer, parent, _tags);
    }

    /// <summary>It is over.</summary>
    [SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "It is what telemetry of this topic says.")]
    public void End(Activity? activity, long started, Exception? error)
    {
        string? errorType = error switch
        {
            null => null,
            RpcException known => StatusNames.Of(known.Code),
            _ => error.GetType().FullName,
        };
        if (activity is not null && errorType is not null)
        {
            activity.SetTag(RpcTelemetry.ErrorType, errorType);
            activity.SetStatus(ActivityStatusCode.Error, error!.Message);
        }

        TagList tags = new(_tags);
        if (errorType is not null) tags.Add(RpcTelemetry.ErrorType, errorType);
        (_isPublishing ? Instruments.PublishDuration : Instruments.ProcessDuration).Record(Stopwatch.GetElapsedTime(started).TotalSeconds, tags);
    }

    private static string SystemOf(string address) => RpcAddress.TryParse(address, out RpcAddress? parsed)
        ? parsed.Scheme switch
        {
            "nats" => "nats",
            "amqp" or "amqps" => "rabbitmq",
            string scheme => $"{RpcTelemetry.ThisSystem}_{scheme}",
        }
        : RpcTelemetry.ThisSystem;
}
