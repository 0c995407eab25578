namespace SourceGen.Rpc.Brokers.RabbitMq.Subscribing;

/// <summary>What a delivery is settled by. It is worth nothing after its channel's end: the server has then given the message to somebody else.</summary>
/// <param name="Consumer">Who received it.</param>
/// <param name="Tag">Its number on that one's channel.</param>
internal readonly record struct DeliveryReceipt(SubscriptionConsumer Consumer, ulong Tag);
