namespace SourceGen.Rpc.PubSub;

/// <summary>What a broker's engine can do. Everything else is done by every broker.</summary>
[Flags]
public enum BrokerCapabilities
{
    /// <summary>Publishing and subscribing, and nothing more.</summary>
    None = 0,

    /// <summary>One member of a group gets each message (<see cref="SubscriptionOptions.QueueGroup"/>).</summary>
    QueueGroups = 1,

    /// <summary>Subscriptions to patterns (<see cref="TopicPattern"/>).</summary>
    Patterns = 2,

    /// <summary>
    /// A message that was not handled is delivered again (<see cref="SubscriptionOptions.MaxDeliveries"/>): at least once. Without it, at most
    /// once.
    /// </summary>
    Redelivery = 4,

    /// <summary>Dead letters (<see cref="SubscriptionOptions.DeadLetterTopic"/>).</summary>
    DeadLetters = 8,

    /// <summary>Publishing completes when the engine is responsible for the message.</summary>
    PublisherConfirms = 16,

    /// <summary>Messages are kept while nobody of a group is there (<see cref="SubscriptionOptions.IsDurable"/>).</summary>
    Durable = 32,

    /// <summary>Messages from before the subscription can be had (<see cref="SubscriptionOptions.Start"/>).</summary>
    Replay = 64,

    /// <summary>A message that a process took along when it was killed is delivered to another one.</summary>
    SurvivesSubscriber = 128,

    /// <summary>Messages that the engine has survive its own restart.</summary>
    Persistent = 256,
}
