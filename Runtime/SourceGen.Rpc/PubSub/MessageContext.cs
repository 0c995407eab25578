using SourceGen.Rpc.PubSub.Subscribing;

namespace SourceGen.Rpc.PubSub;

/// <summary>The message that is being handled, for handlers that want to know more than what their event says.</summary>
public sealed class MessageContext
{
    private readonly KeyValuePair<string, string>[] _headers;

    internal MessageContext(in IncomingMessage message)
    {
        Topic = message.Topic;
        Id = message.Id;
        Key = message.Key;
        Deliveries = message.Deliveries;
        _headers = message.Headers.ToArray();
    }

    /// <summary>
    /// The message that the code handles which asks; null outside of a handler. It flows with the handler's code, through awaits and into tasks.
    /// </summary>
    public static MessageContext? Current => HandledMessage.GetContext();

    /// <summary>The topic that it was published to.</summary>
    public string Topic { get; }

    /// <summary>See <see cref="OutgoingMessage.Id"/>.</summary>
    public string? Id { get; }

    /// <summary>See <see cref="OutgoingMessage.Key"/>.</summary>
    public ulong? Key { get; }

    /// <summary>See <see cref="IncomingMessage.Deliveries"/>.</summary>
    public int Deliveries { get; }

    /// <summary>The headers, without the framework's own.</summary>
    public IEnumerable<KeyValuePair<string, string>> Headers =>
        _headers.Where(static header => !header.Key.StartsWith(HeaderRules.ReservedPrefix, StringComparison.OrdinalIgnoreCase));
}
