using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Server;
using SourceGen.Rpc.Telemetry;

namespace SourceGen.Rpc.PubSub.Subscribing;

/// <summary>Takes messages to the methods of an interface's implementation.</summary>
internal sealed class EventDispatcher<TTopic> : IRpcMethodVisitor<TTopic>
    where TTopic : class
{
    private readonly ServiceSource<TTopic> _source;
    private readonly ICodec _codec;
    private readonly IBroker _broker;
    private readonly int _maxDeliveries;
    private readonly ILogger _logger;
    private readonly Dictionary<string, EventHandling<TTopic>> _handlings = new(StringComparer.Ordinal);

    public EventDispatcher(
        RpcContract<TTopic> contract, ServiceSource<TTopic> source, ICodec codec, IBroker broker, int? maxDeliveries, ILogger logger)
    {
        _source = source;
        _codec = codec;
        _broker = broker;
        _maxDeliveries = new SubscriptionOptions { MaxDeliveries = maxDeliveries }.GetMaxDeliveries(broker.Capabilities);
        _logger = logger;
        foreach (RpcMethod<TTopic> method in contract.Methods) method.Accept(this);
    }

    public void VisitAction<TRequest>(ActionMethod<TTopic, TRequest> method)
        where TRequest : struct =>
        _handlings.Add(method.Topic, new EventHandling<TTopic, TRequest>(method, _codec.GetSerializer(method.RequestShape), MessagingTelemetry.ForHandling(_broker, method.Topic)));

    public void VisitUnary<TRequest, TResponse>(UnaryMethod<TTopic, TRequest, TResponse> method)
        where TRequest : struct => throw new NotSupportedException($"{method} has a result, which no event has.");

    /// <summary>Handles a message.</summary>
    public ValueTask<MessageOutcome> HandleAsync(IncomingMessage message, CancellationToken cancellationToken)
    {
        if (!_handlings.TryGetValue(message.Topic, out EventHandling<TTopic>? handling))
        {
            // A newer contract has events that this one does not know; those who know them have subscriptions of their own.
            PubSubLog.UnknownEvent(_logger, message.Topic);
            return default;
        }

        bool isPlain = message.Headers.IsEmpty && !handling.Telemetry.IsWanted;
        if (!isPlain || _source.Shared is not { } shared) return HandleFullyAsync(handling, message, cancellationToken);
        HandledMessage handled = HandledMessage.Begin(in message);
        ExecutionContext? flow = ExecutionContext.Capture();
        ValueTask running;
        try
        {
            running = handling.Run(shared, in message, cancellationToken);
        }
        catch (Exception e)
        {
            running = ValueTask.FromException(e);
        }

        // What a handler puts into its flow before it awaits is not for the next message.
        if (flow is not null && ExecutionContext.Capture() != flow) ExecutionContext.Restore(flow);
        if (!running.IsCompletedSuccessfully) return FinishAsync(running, handled, message, cancellationToken);
        running.GetAwaiter().GetResult();
        handled.End();
        return default;
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "What a handler throws decides what becomes of the message.")]
    private async ValueTask<MessageOutcome> FinishAsync(
        ValueTask running, HandledMessage handled, IncomingMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await running.ConfigureAwait(false);
            return MessageOutcome.Acknowledge;
        }
        catch (Exception e)
        {
            return Judge(message, e, cancellationToken);
        }
        finally
        {
            handled.End();
        }
    }

    /// <summary>With all that may come with a message: headers, a context, a trace, a handler of its own.</summary>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "What a handler throws decides what becomes of the message.")]
    private async ValueTask<MessageOutcome> HandleFullyAsync(EventHandling<TTopic> handling, IncomingMessage message, CancellationToken cancellationToken)
    {
        if (HasExpired(message))
        {
            PubSubLog.Expired(_logger, message.Topic);
            return MessageOutcome.Acknowledge;
        }

        if (message.FindHeader(MessageHeaderNames.Codec) is { } codec ? codec != _codec.Name : _codec.Name != MessagePackCodec.Instance.Name)
        {
            string theirs = message.FindHeader(MessageHeaderNames.Codec) ?? MessagePackCodec.Instance.Name;
            string problem = $"'{message.Topic}' is encoded with the codec '{theirs}', and this subscriber's is '{_codec.Name}' (MessageBusOptions.Codec)";
            PubSubLog.Unreadable(_logger, message.Topic, problem, null);
            return MessageOutcome.DeadLetter(problem);
        }

        using Activity? activity = handling.Telemetry.StartHandling(message);
        long started = Stopwatch.GetTimestamp();
        IAsyncDisposable? lease = null;
        Exception? error = null;
        MessageOutcome outcome = MessageOutcome.Acknowledge;
        using RpcCallScope? scope = BeginScope(message);
        HandledMessage handled = HandledMessage.Begin(in message);
        try
        {
            TTopic handler = _source.Shared ?? _source.Activate(out lease);
            await handling.Run(handler, in message, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            error = e;
            outcome = Judge(message, e, cancellationToken);
        }

        if (lease is not null) outcome = await ReleaseAsync(lease, message, outcome).ConfigureAwait(false);
        handled.End();
        handling.Telemetry.End(activity, started, error);
        return outcome;
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The event was handled; what its handler's end throws is logged.")]
    private async ValueTask<MessageOutcome> ReleaseAsync(IAsyncDisposable lease, IncomingMessage message, MessageOutcome outcome)
    {
        try
        {
            await lease.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            PubSubLog.ReleaseFailed(_logger, message.Topic, e);
        }

        return outcome;
    }

    private static RpcCallScope? BeginScope(in IncomingMessage message)
    {
        RpcCallOptions? options = null;
        foreach ((string name, string value) in message.Headers.Span)
        {
            if (!name.StartsWith(MessageHeaderNames.BaggagePrefix, StringComparison.OrdinalIgnoreCase)) continue;
            string key = name[MessageHeaderNames.BaggagePrefix.Length..];
            if (HeaderRules.Check(key, value) is null) (options ??= new RpcCallOptions()).Baggage.AddChecked(key, value);
        }

        return options is null ? null : RpcCallScope.Begin(options);
    }

    private static bool HasExpired(in IncomingMessage message) =>
        message.FindHeader(MessageHeaderNames.Expires) is { } text
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long expires)
        && DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() >= expires;

    /// <summary>What an error makes of a message.</summary>
    private MessageOutcome Judge(in IncomingMessage message, Exception error, CancellationToken cancellationToken)
    {
        switch (error)
        {
            case MessageRejectedException:
                PubSubLog.Rejected(_logger, message.Topic, error.Message);
                return MessageOutcome.DeadLetter(error.Message);
            case UnreadableEventException:
                PubSubLog.Unreadable(_logger, message.Topic, error.Message, error.InnerException);
                return MessageOutcome.DeadLetter(error.Message);
            case OperationCanceledException when cancellationToken.IsCancellationRequested:
                return MessageOutcome.Redeliver("the subscriber stopped", TimeSpan.Zero);
            default:
                if (message.Deliveries >= _maxDeliveries) PubSubLog.GivenUp(_logger, message.Topic, message.Deliveries, error);
                else PubSubLog.HandlerFailed(_logger, message.Topic, message.Deliveries, _maxDeliveries, error);
                return MessageOutcome.Redeliver($"{error.GetType().Name}: {error.Message}");
        }
    }
}
