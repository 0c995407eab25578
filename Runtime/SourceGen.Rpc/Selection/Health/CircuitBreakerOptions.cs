namespace SourceGen.Rpc.Selection.Health;

/// <summary>When a circuit breaker opens and closes.</summary>
public sealed class CircuitBreakerOptions
{
    /// <summary>How many calls in a row must fail for it to open; 0 for never. Default: 5.</summary>
    public int ConsecutiveFailures { get; set; } = 5;

    /// <summary>Which share of the calls within <see cref="Window"/> must fail for it to open, up to 1; 0 for never. Default: 0.5.</summary>
    public double FailureRatio { get; set; } = 0.5;

    /// <summary>How many calls there must be in a window for the share to count. Default: 20.</summary>
    public int MinCalls { get; set; } = 20;

    /// <summary>The time that shares are taken of. It begins with a failure, and another one begins with the first failure after it. Default: 10 s.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long it stays open the first time, twice as long with each further time until it was closed. Default: 5 s.</summary>
    public TimeSpan OpenTime { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest of these times. Default: 1 min.</summary>
    public TimeSpan MaxOpenTime { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How many calls are let through at a time while it is half open. Default: 1.</summary>
    public int Probes { get; set; } = 1;

    /// <summary>How many of them must succeed, none failing, for it to close. Default: 2.</summary>
    public int ProbesToClose { get; set; } = 2;

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        if (ConsecutiveFailures < 0) throw Wrong(nameof(ConsecutiveFailures), ConsecutiveFailures, "at least 0");
        if (!(FailureRatio is >= 0 and <= 1)) throw Wrong(nameof(FailureRatio), FailureRatio, "from 0 to 1");
        if (MinCalls < 1) throw Wrong(nameof(MinCalls), MinCalls, "at least 1");
        if (Window <= TimeSpan.Zero || Window > TimeSpan.FromDays(1)) throw Wrong(nameof(Window), Window, "more than 0, at most a day");
        if (OpenTime <= TimeSpan.Zero || OpenTime > TimeSpan.FromDays(1)) throw Wrong(nameof(OpenTime), OpenTime, "more than 0, at most a day");
        if (MaxOpenTime < OpenTime || MaxOpenTime > TimeSpan.FromDays(1)) throw Wrong(nameof(MaxOpenTime), MaxOpenTime, $"from {nameof(OpenTime)} to a day");
        if (Probes < 1) throw Wrong(nameof(Probes), Probes, "at least 1");
        if (ProbesToClose < 1) throw Wrong(nameof(ProbesToClose), ProbesToClose, "at least 1");
        ArgumentNullException.ThrowIfNull(TimeProvider);
    }

    internal CircuitBreakerOptions Copy() => (CircuitBreakerOptions)MemberwiseClone();

    private static ArgumentException Wrong(string name, object value, string range) =>
        new(FormattableString.Invariant($"{nameof(CircuitBreakerOptions)}.{name} is {value}; it must be {range}."));
}
