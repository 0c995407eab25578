namespace SourceGen.Rpc.PubSub;

/// <summary>Where a subscription begins: with the messages that are published from now on, or with earlier ones that the engine has kept.</summary>
public readonly record struct SubscriptionStart
{
    private SubscriptionStart(bool isReplay, DateTimeOffset? since)
    {
        IsReplay = isReplay;
        Since = since;
    }

    /// <summary>With the messages that are published from now on. The default.</summary>
    public static SubscriptionStart New => default;

    /// <summary>With all that the engine has kept.</summary>
    public static SubscriptionStart All => new(true, null);

    /// <summary>Whether earlier messages are wanted.</summary>
    public bool IsReplay { get; }

    /// <summary>From when on; null for all.</summary>
    public DateTimeOffset? Since { get; }

    /// <summary>With the messages that were published since a moment.</summary>
    /// <param name="moment">The moment.</param>
    public static SubscriptionStart At(DateTimeOffset moment) => new(true, moment);
}
