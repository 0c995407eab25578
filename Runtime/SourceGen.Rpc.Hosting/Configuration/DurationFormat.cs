using System.Globalization;

namespace SourceGen.Rpc.Hosting.Configuration;

/// <summary>
/// Spans of time as configuration writes them. A bare number is refused: <see cref="TimeSpan.Parse(string)"/> takes <c>30</c> for 30 days.
/// </summary>
internal static class DurationFormat
{
    /// <summary>The form, for error messages.</summary>
    public const string Description = "a duration such as 500ms, 30s, 5m, 1h or 00:00:30";

    // "ms" stands before the units it ends like.
    private static readonly (string Suffix, double Milliseconds)[] s_units =
        [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

    /// <summary>Reads a duration.</summary>
    public static bool TryParse(string text, out TimeSpan value)
    {
        foreach ((string suffix, double milliseconds) in s_units)
        {
            if (!text.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)) continue;
            return TryScale(text.AsSpan(0, text.Length - suffix.Length), milliseconds, out value);
        }

        value = default;
        return text.Contains(':') && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out value);
    }

    private static bool TryScale(ReadOnlySpan<char> number, double milliseconds, out TimeSpan value)
    {
        value = default;
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowTrailingWhite;
        if (!double.TryParse(number, Style, CultureInfo.InvariantCulture, out double count)) return false;
        double total = count * milliseconds;
        if (Math.Abs(total) >= TimeSpan.MaxValue.TotalMilliseconds) return false;
        value = TimeSpan.FromMilliseconds(total);
        return true;
    }
}
