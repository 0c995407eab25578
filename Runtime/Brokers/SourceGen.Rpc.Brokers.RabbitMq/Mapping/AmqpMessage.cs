using System.Collections;
using System.Globalization;
using System.Text;
using RabbitMQ.Client;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.RabbitMq.Mapping;

/// <summary>Messages as AMQP has them, and back.</summary>
internal static class AmqpMessage
{
    /// <summary>All properties of a message stand in one frame, and a frame has 131,072 bytes. The rest is for what redelivering adds.</summary>
    public const int MaxHeaderBytes = 120_000;

    private const int LongestShortText = 255;

    /// <summary>The properties of a message that is published.</summary>
    /// <param name="message">The message.</param>
    public static BasicProperties CreateProperties(in OutgoingMessage message)
    {
        BasicProperties properties = new() { DeliveryMode = DeliveryModes.Persistent, MessageId = message.Id };
        if (message.Headers.IsEmpty && message.Key is null) return properties;
        properties.Headers = CreateHeaders(message.Headers.Span, message.Key);
        return properties;
    }

    /// <summary>The properties of a message that goes back to its queue.</summary>
    /// <param name="message">The message as it was delivered.</param>
    public static BasicProperties CreateRetryProperties(in IncomingMessage message)
    {
        Dictionary<string, object?> headers = CreateHeaders(message.Headers.Span, message.Key);
        headers[AmqpHeaderNames.Topic] = message.Topic;
        headers[AmqpHeaderNames.Deliveries] = message.Deliveries.ToString(CultureInfo.InvariantCulture);
        return new BasicProperties { DeliveryMode = DeliveryModes.Persistent, MessageId = message.Id, Headers = headers };
    }

    /// <summary>A message that was received. Nothing of it refers to the client's buffers.</summary>
    /// <param name="routingKey">The routing key it came with.</param>
    /// <param name="isRedelivered">Whether the server says that somebody had it already.</param>
    /// <param name="properties">Its properties.</param>
    /// <param name="body">Its body.</param>
    public static IncomingMessage Read(string routingKey, bool isRedelivered, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body)
    {
        string topic = routingKey;
        ulong? key = null;
        int deliveries = isRedelivered ? 2 : 1;
        List<KeyValuePair<string, string>>? headers = null;
        foreach ((string name, object? value) in properties.Headers ?? new Dictionary<string, object?>())
        {
            // Somebody else's tables, such as those that dead-lettering leaves, are no texts.
            if (value is null or IDictionary) continue;
            if (value is IList values and not byte[])
            {
                foreach (object? one in values)
                {
                    if (TextOf(one) is { } part) (headers ??= []).Add(new(name, part));
                }

                continue;
            }

            if (TextOf(value) is not { } text) continue;
            switch (name)
            {
                case AmqpHeaderNames.Topic:
                    topic = text;
                    break;
                case AmqpHeaderNames.Deliveries when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int before):
                    deliveries += before;
                    break;
                case MessageHeaderNames.Key when ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong hash):
                    key = hash;
                    break;
                default:
                    if (!IsOfDeadLettering(name)) (headers ??= []).Add(new(name, text));
                    break;
            }
        }

        return new IncomingMessage(topic, body.ToArray())
        {
            Key = key,
            Id = properties.MessageId,
            Headers = headers is null ? default : headers.ToArray(),
            Deliveries = deliveries,
        };
    }

    /// <summary>Checks that a message can be written at all: what the client stumbles over would end the connection of all.</summary>
    /// <param name="message">The message.</param>
    /// <param name="address">The broker's address, for the message.</param>
    /// <param name="limit">The most bytes that it may have.</param>
    /// <exception cref="RpcException"><see cref="RpcStatusCode.InvalidArgument"/>: the topic is none, or something is too large.</exception>
    public static void Check(in OutgoingMessage message, string address, int limit)
    {
        TopicName.Check(message.Topic);
        long headers = message.Topic.Length + (message.Key is null ? 0 : 32);
        if (message.Id is { } id)
        {
            int length = Encoding.UTF8.GetByteCount(id);
            if (length > LongestShortText) throw Invalid($"the Id of a message for '{message.Topic}' has {length:N0} bytes, and AMQP takes {LongestShortText}.");
            headers += length;
        }

        foreach ((string name, string value) in message.Headers.Span)
        {
            int length = Encoding.UTF8.GetByteCount(name);
            if (length is 0 or > LongestShortText)
            {
                throw Invalid(
                    $"a header's name of a message for '{message.Topic}' has {length:N0} bytes; AMQP takes 1 to {LongestShortText}.");
            }

            headers += length + Encoding.UTF8.GetByteCount(value) + 16;
        }

        if (headers > MaxHeaderBytes) throw HeadersTooLarge(address, message.Topic, headers);
        if (headers + message.Payload.Length > limit) throw BrokerErrors.TooLarge(address, message.Topic, headers + message.Payload.Length, limit);
    }

    private static RpcException Invalid(string detail) =>
        new(RpcStatusCode.InvalidArgument, $"The message cannot be published: {detail}") { Progress = RpcCallProgress.NotSent };

    private static RpcException HeadersTooLarge(string address, string topic, long size) =>
        Invalid($"the headers of one for '{topic}' have {size:N0} bytes, and {address} takes {MaxHeaderBytes:N0}: AMQP sends them in one frame.");

    private static Dictionary<string, object?> CreateHeaders(ReadOnlySpan<KeyValuePair<string, string>> headers, ulong? key)
    {
        Dictionary<string, object?> table = new(headers.Length + 3, StringComparer.Ordinal);
        foreach ((string name, string value) in headers)
        {
            // A table has each name once, so several of one are an array.
            if (table.TryAdd(name, value)) continue;
            if (table[name] is List<object> values) values.Add(value);
            else table[name] = new List<object> { table[name]!, value };
        }

        if (key is { } hash) table[MessageHeaderNames.Key] = hash.ToString("x16", CultureInfo.InvariantCulture);
        return table;
    }

    private static string? TextOf(object? value) => value switch
    {
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        string text => text,
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => null,
    };

    private static bool IsOfDeadLettering(string name) =>
        name.StartsWith("x-death", StringComparison.Ordinal) || name.StartsWith("x-first-death-", StringComparison.Ordinal)
        || name.StartsWith("x-last-death-", StringComparison.Ordinal);
}
