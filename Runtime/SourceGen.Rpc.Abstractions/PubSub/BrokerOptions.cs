namespace SourceGen.Rpc.PubSub;

/// <summary>What every broker has to be told. Each has options of its own, which derive from these.</summary>
public abstract class BrokerOptions
{
    private TimeSpan _connectTimeout = TimeSpan.FromSeconds(5);
    private TimeSpan _publishTimeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long <see cref="IBroker.ConnectAsync"/> tries, and each attempt to connect again. Default: 5 seconds.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not above 0, or longer than a day.</exception>
    public TimeSpan ConnectTimeout
    {
        get => _connectTimeout;
        set => _connectTimeout = Check(value, nameof(ConnectTimeout));
    }

    /// <summary>
    /// How long publishing waits for room and for the engine's confirmation. While the connection is being made again, it waits for that, too.
    /// Default: 5 seconds.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not above 0, or longer than a day.</exception>
    public TimeSpan PublishTimeout
    {
        get => _publishTimeout;
        set => _publishTimeout = Check(value, nameof(PublishTimeout));
    }

    /// <summary>Takes over what another has.</summary>
    /// <param name="other">The other.</param>
    protected void CopyFrom(BrokerOptions other)
    {
        ArgumentNullException.ThrowIfNull(other);
        ConnectTimeout = other.ConnectTimeout;
        PublishTimeout = other.PublishTimeout;
    }

    /// <summary>Checks a time.</summary>
    /// <param name="value">The time.</param>
    /// <param name="name">The option's name.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not above 0, or longer than a day.</exception>
    protected static TimeSpan Check(TimeSpan value, string name) =>
        value > TimeSpan.Zero && value <= TimeSpan.FromDays(1)
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}; it must be above 0 and at most a day.");
}
