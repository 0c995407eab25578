using System.Buffers;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Server;
using SourceGen.Rpc.Telemetry;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.PubSub.Subscribing;

/// <summary>What is done with the messages of one event.</summary>
internal abstract class EventHandling<TTopic>(MessagingTelemetry telemetry)
{
    /// <summary>What telemetry says of it.</summary>
    public MessagingTelemetry Telemetry { get; } = telemetry;

    /// <summary>Reads the event and calls its method.</summary>
    /// <exception cref="UnreadableEventException">The payload is not the event's.</exception>
    public abstract ValueTask Run(TTopic handler, in IncomingMessage message, CancellationToken cancellationToken);
}

/// <summary>The same, with the event's type.</summary>
internal sealed class EventHandling<TTopic, TRequest>(
    ActionMethod<TTopic, TRequest> method, ISerializer<TRequest> serializer, MessagingTelemetry telemetry)
    : EventHandling<TTopic>(telemetry)
    where TTopic : class
    where TRequest : struct
{
    private readonly CallBuffers<TRequest>? _buffers = CallBuffers<TRequest>.Find<NoResponse>(method.RequestShape);

    public override ValueTask Run(TTopic handler, in IncomingMessage message, CancellationToken cancellationToken)
    {
        TRequest request;
        try
        {
            request = serializer.Deserialize(new ReadOnlySequence<byte>(message.Payload));
        }
        catch (RpcSerializationException e)
        {
            throw new UnreadableEventException($"the payload of '{message.Topic}' cannot be read: {e.Message}", e);
        }

        return _buffers is null ? method.Handler(handler, in request, cancellationToken) : RunAsync(handler, request, _buffers, cancellationToken);
    }

    /// <summary>Pooled buffers among the arguments are the event's, and disposed of when it was handled, as those of a call are.</summary>
    private async ValueTask RunAsync(TTopic handler, TRequest request, CallBuffers<TRequest> buffers, CancellationToken cancellationToken)
    {
        try
        {
            await method.Handler(handler, in request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            buffers.Release(in request);
        }
    }
}
