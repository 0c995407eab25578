namespace SourceGen.Rpc.PubSub;

/// <summary>Names of headers that the framework gives messages. They begin with <c>rpc-</c>, which is reserved for it.</summary>
public static class MessageHeaderNames
{
    /// <summary>The message's key: <see cref="OutgoingMessage.Key"/> as 16 hexadecimal digits.</summary>
    public const string Key = "rpc-key";

    /// <summary>The name of the payload's codec, when it is not <c>msgpack</c>.</summary>
    public const string Codec = "rpc-codec";

    /// <summary>When the message is of no use any more: milliseconds since 1970-01-01 UTC.</summary>
    public const string Expires = "rpc-expires";

    /// <summary>What names of headers begin with that the handler's own calls and messages pass on.</summary>
    public const string BaggagePrefix = "rpc-baggage-";

    /// <summary>Of a dead letter: the topic that the message was published to.</summary>
    public const string DeadLetterTopic = "rpc-dead-letter-topic";

    /// <summary>Of a dead letter: why it is one.</summary>
    public const string DeadLetterReason = "rpc-dead-letter-reason";

    /// <summary>Of a dead letter: how often it was delivered.</summary>
    public const string DeadLetterDeliveries = "rpc-dead-letter-deliveries";
}
