namespace SourceGen.Rpc.Brokers.RabbitMq.Mapping;

/// <summary>Headers by which this broker remembers what AMQP forgets when a message goes by a queue of its own. Handlers do not see them.</summary>
internal static class AmqpHeaderNames
{
    /// <summary>How often the message was delivered before it was published again.</summary>
    public const string Deliveries = "rpc-deliveries";

    /// <summary>The topic that it was first published to.</summary>
    public const string Topic = "rpc-topic";
}
