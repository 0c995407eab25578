namespace SourceGen.Rpc;

/// <summary>
/// How long to wait before a call is repeated: a random time between zero and a ceiling that starts at <see cref="Initial"/> and doubles
/// with each repetition up to <see cref="Max"/>. That is "full jitter", which spreads the repetitions of many clients evenly (M. Brooker,
/// "Exponential Backoff And Jitter", AWS Architecture Blog, 2015). No wait outlasts the call's deadline.
/// </summary>
public sealed record BackoffPolicy
{
    private readonly TimeSpan _initial = TimeSpan.FromMilliseconds(25);
    private readonly TimeSpan _max = TimeSpan.FromSeconds(1);

    /// <summary>25 ms doubling up to 1 s: for calls that somebody waits for.</summary>
    public static BackoffPolicy Default { get; } = new();

    /// <summary>1 s doubling up to 60 s: for calls that are repeated in the background (<see cref="CallStrategy.Failback"/>).</summary>
    public static BackoffPolicy Background { get; } = new() { Initial = TimeSpan.FromSeconds(1), Max = TimeSpan.FromSeconds(60) };

    /// <summary>No wait at all.</summary>
    public static BackoffPolicy None { get; } = new() { Initial = TimeSpan.Zero, Max = TimeSpan.Zero };

    /// <summary>The longest first wait. Default: 25 ms; zero for no wait.</summary>
    /// <exception cref="ArgumentException">It is negative, or longer than a day.</exception>
    public TimeSpan Initial
    {
        get => _initial;
        init => _initial = PolicyRange.Time(value, nameof(Initial), TimeSpan.Zero);
    }

    /// <summary>The longest wait of all. Default: 1 s. It must not be shorter than <see cref="Initial"/>.</summary>
    /// <exception cref="ArgumentException">It is negative, or longer than a day.</exception>
    public TimeSpan Max
    {
        get => _max;
        init => _max = PolicyRange.Time(value, nameof(Max), TimeSpan.Zero);
    }

    /// <exception cref="ArgumentException">The two contradict each other.</exception>
    internal void Validate()
    {
        if (Max < Initial)
            throw new ArgumentException($"Backoff.Max is {Max} and Backoff.Initial is {Initial}; Max must not be shorter than Initial.");
    }
}
