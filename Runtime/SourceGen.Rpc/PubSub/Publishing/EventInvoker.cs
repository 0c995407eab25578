using System.Diagnostics;
using System.Runtime.CompilerServices;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Telemetry;

namespace SourceGen.Rpc.PubSub.Publishing;

/// <summary>Publishes one event of a topic.</summary>
internal sealed class EventInvoker<TRequest>(
    string topic, ISerializer<TRequest> serializer, RequestKey<TRequest>? keyOf, ICodec codec, IBroker broker)
    : ActionInvoker<TRequest>
    where TRequest : struct
{
    private readonly MessagingTelemetry _telemetry = MessagingTelemetry.ForPublishing(broker, topic);
    private readonly string? _codecName = codec.Name == MessagePackCodec.Instance.Name ? null : codec.Name;

    public override ValueTask InvokeAsync(in TRequest request, CancellationToken cancellationToken) =>
        _telemetry.IsWanted ? ObservedAsync(request, cancellationToken) : PublishAsync(in request, cancellationToken);

    private ValueTask PublishAsync(in TRequest request, CancellationToken cancellationToken)
    {
        PublishBuffer buffer = PublishBuffer.Rent();
        ValueTask publishing;
        try
        {
            serializer.Serialize(buffer, in request);
            OutgoingMessage message = new(topic, buffer.Written) { Key = keyOf?.Invoke(in request), Headers = EventHeaders.Capture(topic, _codecName) };
            publishing = broker.PublishAsync(in message, cancellationToken);
        }
        catch
        {
            buffer.Return();
            throw;
        }

        if (!publishing.IsCompletedSuccessfully) return FinishAsync(publishing, buffer);
        publishing.GetAwaiter().GetResult(); // Or its source could not be used again.
        buffer.Return();
        return default;
    }

    // Pooled: a broker that confirms later costs no allocation.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private static async ValueTask FinishAsync(ValueTask publishing, PublishBuffer buffer)
    {
        try
        {
            await publishing.ConfigureAwait(false);
        }
        finally
        {
            buffer.Return();
        }
    }

    private async ValueTask ObservedAsync(TRequest request, CancellationToken cancellationToken)
    {
        using Activity? activity = _telemetry.StartPublishing();
        long started = Stopwatch.GetTimestamp();
        try
        {
            await PublishAsync(in request, cancellationToken).ConfigureAwait(false);
            _telemetry.End(activity, started, error: null);
        }
        catch (Exception e)
        {
            _telemetry.End(activity, started, e);
            throw;
        }
    }
}
