namespace SourceGen.Rpc.PubSub;

/// <summary>
/// How messages are delivered to a subscription. What is null is as the engine has it; what is set is done, or subscribing fails.
/// </summary>
public sealed class SubscriptionOptions
{
    /// <summary>How often a message is delivered where the engine redelivers and nobody said how often.</summary>
    public const int DefaultMaxDeliveries = 5;

    /// <summary>
    /// The group: of all its subscriptions, in whichever process, one gets each message. Null, the default, for none: it gets every message. A
    /// group's name has the characters of a topic's token.
    /// </summary>
    public string? QueueGroup { get; set; }

    /// <summary>How many messages are handled at a time. Default: 1.</summary>
    public int Concurrency { get; set; } = 1;

    /// <summary>
    /// How many messages are received ahead of being handled, those in progress included. It bounds the memory that a slow handler takes.
    /// With <see cref="OrderByKey"/>, where the engine itself has no such bound (memory, direct, NATS without JetStream), it is the bound of each of the
    /// <see cref="Concurrency"/> queues, so that one key's messages do not hold up the others'. Default: 256, or twice <see cref="Concurrency"/> if
    /// that is more.
    /// </summary>
    public int? Prefetch { get; set; }

    /// <summary>
    /// Whether messages with the same key are handled one after the other, in the order in which they came, and the others beside them. One
    /// that is delivered again holds up those of its key. It holds within one subscription: members of a group do not know of each other. Default:
    /// false.
    /// </summary>
    public bool OrderByKey { get; set; }

    /// <summary>
    /// How often a message is delivered at most, from 1. The one that is not handled then is a dead letter. Null, the default: 5 where the engine
    /// redelivers (<see cref="BrokerCapabilities.Redelivery"/>), 1 where it does not.
    /// </summary>
    public int? MaxDeliveries { get; set; }

    /// <summary>How long a message that was not handled waits until it is delivered again. Null, the default: one second where the engine redelivers.</summary>
    public TimeSpan? RedeliveryDelay { get; set; }

    /// <summary>
    /// Where dead letters are published, with the headers <see cref="MessageHeaderNames.DeadLetterTopic"/> and the like. Null, the default, for
    /// nowhere: they are dropped, and counted.
    /// </summary>
    public string? DeadLetterTopic { get; set; }

    /// <summary>
    /// After which time without an outcome a message is delivered again, to another member perhaps. Null, the default: 30 seconds where the engine
    /// has such a time.
    /// </summary>
    public TimeSpan? AckTimeout { get; set; }

    /// <summary>
    /// Whether the engine keeps messages for the group while none of its members is there, from its first subscription on. It needs a
    /// <see cref="QueueGroup"/>, which is its name. Default: false.
    /// </summary>
    public bool IsDurable { get; set; }

    /// <summary>Where it begins, if it is not durable or nobody of its group was there before. Default: with new messages.</summary>
    public SubscriptionStart Start { get; set; }

    /// <summary>How many messages are received ahead, as a number.</summary>
    public int EffectivePrefetch => Prefetch ?? Math.Max(256, Concurrency * 2);

    /// <summary>How long a message that was not handled waits, as a time.</summary>
    public TimeSpan EffectiveRedeliveryDelay => RedeliveryDelay ?? TimeSpan.FromSeconds(1);

    /// <summary>
    /// Options with what <see cref="QueueGroupAttribute">[QueueGroup]</see> of a handler's class says, where they do not name a group themselves.
    /// </summary>
    /// <param name="handler">The class.</param>
    /// <param name="options">The options, which stay as they are; null for the defaults.</param>
    public static SubscriptionOptions ForHandler(Type handler, SubscriptionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        SubscriptionOptions own = options?.Copy() ?? new SubscriptionOptions();

        // Attributes of a type that is in use are kept in trimmed and native programs; it is looked at once, before subscribing.
        if (own.QueueGroup is null && Attribute.GetCustomAttribute(handler, typeof(QueueGroupAttribute)) is QueueGroupAttribute group)
        {
            own.QueueGroup = group.Name;
            own.IsDurable |= group.IsDurable;
        }

        return own;
    }

    /// <summary>A copy.</summary>
    public SubscriptionOptions Copy() => (SubscriptionOptions)MemberwiseClone();

    /// <summary>How often a message is delivered, as a number.</summary>
    /// <param name="capabilities">What the engine can do.</param>
    public int GetMaxDeliveries(BrokerCapabilities capabilities) =>
        MaxDeliveries ?? ((capabilities & BrokerCapabilities.Redelivery) != 0 ? DefaultMaxDeliveries : 1);

    /// <summary>Checks the options, and that an engine can do what they ask for. Brokers call it when they are subscribed to.</summary>
    /// <param name="pattern">What is subscribed to.</param>
    /// <param name="capabilities">What the engine can do.</param>
    /// <param name="broker">The broker, for the message: <c>nats://</c>.</param>
    /// <exception cref="ArgumentException">They contradict each other, or one is out of range.</exception>
    /// <exception cref="NotSupportedException">The engine cannot do it; the message says what.</exception>
    public void Validate(TopicPattern pattern, BrokerCapabilities capabilities, string broker)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        CheckRanges();
        if (DeadLetterTopic is { } dead && pattern.Matches(dead))
            throw new ArgumentException($"{nameof(DeadLetterTopic)} '{dead}' is subscribed to by '{pattern}' itself: dead letters would come back for ever.");
        Require(!pattern.IsExact, BrokerCapabilities.Patterns, $"the pattern '{pattern}'");
        Require(QueueGroup is not null, BrokerCapabilities.QueueGroups, $"{nameof(QueueGroup)} '{QueueGroup}'");
        Require(MaxDeliveries > 1, BrokerCapabilities.Redelivery, $"{nameof(MaxDeliveries)} {MaxDeliveries}");
        Require(RedeliveryDelay is not null, BrokerCapabilities.Redelivery, nameof(RedeliveryDelay));
        Require(AckTimeout is not null, BrokerCapabilities.SurvivesSubscriber, nameof(AckTimeout));
        Require(DeadLetterTopic is not null, BrokerCapabilities.DeadLetters, nameof(DeadLetterTopic));
        Require(IsDurable, BrokerCapabilities.Durable, nameof(IsDurable));
        Require(Start.IsReplay, BrokerCapabilities.Replay, $"a {nameof(Start)} before now");

        void Require(bool isAsked, BrokerCapabilities capability, string what)
        {
            if (!isAsked || (capabilities & capability) == capability) return;
            throw new NotSupportedException(
                $"The subscription to '{pattern}' asks for {what}, and {broker} has no {nameof(BrokerCapabilities)}.{capability}. Leave it out, or take "
                + "a broker that has it: docs/brokers.md says which.");
        }
    }

    private void CheckRanges()
    {
        if (QueueGroup is { } group && (group.Contains('.') || TopicName.FindProblem(group, isPattern: false) is not null))
            throw new ArgumentException($"{nameof(QueueGroup)} is '{group}'; it must be 1 to 255 letters, digits, '_' and '-'.");
        if (IsDurable && QueueGroup is null)
            throw new ArgumentException($"{nameof(IsDurable)} needs a {nameof(QueueGroup)}: its name is what messages are kept under.");
        if (DeadLetterTopic is { } dead && TopicName.FindProblem(dead, isPattern: false) is { } problem)
            throw new ArgumentException($"{nameof(DeadLetterTopic)} '{dead}' is no topic: {problem}.");
        CheckCount(Concurrency, nameof(Concurrency), 10_000);
        CheckCount(Prefetch ?? 1, nameof(Prefetch), 1_000_000);
        CheckCount(MaxDeliveries ?? 1, nameof(MaxDeliveries), 1_000_000);
        if (Prefetch < Concurrency)
            throw new ArgumentException($"{nameof(Prefetch)} is {Prefetch} and {nameof(Concurrency)} {Concurrency}: what is not received cannot be handled.");
        CheckTime(RedeliveryDelay, nameof(RedeliveryDelay), isZeroAllowed: true);
        CheckTime(AckTimeout, nameof(AckTimeout), isZeroAllowed: false);
    }

    private static void CheckCount(int count, string name, int most)
    {
        if (count < 1 || count > most) throw new ArgumentOutOfRangeException(name, count, $"{name} is {count}; it must be from 1 to {most:N0}.");
    }

    private static void CheckTime(TimeSpan? time, string name, bool isZeroAllowed)
    {
        if (time is not { } value) return;
        bool isFine = value <= TimeSpan.FromDays(1) && (isZeroAllowed ? value >= TimeSpan.Zero : value > TimeSpan.Zero);
        if (!isFine) throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}; it must be from {(isZeroAllowed ? "" : "above ")}0 to a day.");
    }
}
