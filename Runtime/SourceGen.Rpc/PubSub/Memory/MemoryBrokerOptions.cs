namespace SourceGen.Rpc.PubSub;

/// <summary>What a <see cref="MemoryBroker"/> is created with.</summary>
public sealed class MemoryBrokerOptions : BrokerOptions
{
    private int _capacity = 8_192;

    /// <summary>Brokers of one process with the same name reach each other. Default: empty, a name as any other.</summary>
    public string Name { get; set; } = "";

    /// <summary>
    /// How many messages wait at most for the handlers of a subscription that does not say so itself (<see cref="SubscriptionOptions.Prefetch"/>), from
    /// 1 to 1,000,000. Default: 8,192: more than the processor has caches for makes each message slower.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is out of range.</exception>
    public int Capacity
    {
        get => _capacity;
        set => _capacity = value is >= 1 and <= 1_000_000
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"{nameof(Capacity)} is {value}; it must be from 1 to 1,000,000.");
    }

    /// <summary>What becomes of a message when so many wait. Default: <see cref="OverflowPolicy.Wait"/>.</summary>
    public OverflowPolicy Overflow { get; set; }

    internal MemoryBrokerOptions Copy()
    {
        MemoryBrokerOptions copy = new() { Name = Name, Capacity = Capacity, Overflow = Overflow };
        copy.CopyFrom(this);
        return copy;
    }
}
