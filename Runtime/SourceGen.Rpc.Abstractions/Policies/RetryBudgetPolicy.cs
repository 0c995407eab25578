using System.Globalization;

namespace SourceGen.Rpc;

/// <summary>
/// How many calls may be repeated, or hedged, in relation to all calls, so that clients do not bury servers that fail already. Each client
/// keeps one account for each service; an attempt that it does not cover is not made, and the call ends with the error it has.
/// </summary>
/// <remarks>
/// With every server failing, a client sends at most (1 + <see cref="Ratio"/>) times the offered calls and <see cref="MinPerSecond"/> more. The
/// ratio is the one of Google's clients (B. Beyer and others, "Site Reliability Engineering", chapter 21, "Deciding to Retry": 10%), the
/// minimum is Finagle's idea (<c>RetryBudget</c>), so that clients with few calls can repeat one at all.
/// </remarks>
public sealed record RetryBudgetPolicy
{
    private readonly double _ratio = 0.1;
    private readonly double _minPerSecond = 2;

    /// <summary>A tenth of the calls, and 2 a second.</summary>
    public static RetryBudgetPolicy Default { get; } = new();

    /// <summary>How many repetitions each call is worth. Default: 0.1, one for ten calls.</summary>
    /// <exception cref="ArgumentException">It is not from 0 to 10.</exception>
    public double Ratio
    {
        get => _ratio;
        init => _ratio = InRange(value, nameof(Ratio), 10);
    }

    /// <summary>How many repetitions a second there may be beside those. Default: 2.</summary>
    /// <exception cref="ArgumentException">It is not from 0 to 1,000,000.</exception>
    public double MinPerSecond
    {
        get => _minPerSecond;
        init => _minPerSecond = InRange(value, nameof(MinPerSecond), 1_000_000);
    }

    private static double InRange(double value, string name, double most) => value >= 0 && value <= most
        ? value
        : throw new ArgumentException(string.Format(CultureInfo.InvariantCulture, "{0} is {1}; it must be from 0 to {2:N0}.", name, value, most));
}
