using System.Globalization;

namespace SourceGen.Rpc.Dynamic.Transcoding;

/// <summary>
/// Times as ISO 8601 has them, and System.Text.Json: <c>2024-02-29T12:34:56.7891234+01:00</c>. This machine's time zone plays no part.
/// </summary>
internal static class IsoTime
{
    private static readonly string[] s_formats =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd'T'HH:mmK",
        "yyyy-MM-dd",
    ];

    /// <summary>Reads a time; without an offset it is UTC.</summary>
    public static bool TryParse(string text, out DateTime utc) => DateTime.TryParseExact(
        text, s_formats, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out utc);

    /// <summary>Reads a time that says its offset.</summary>
    public static bool TryParse(string text, out DateTimeOffset time)
    {
        // The parser would take this machine's offset for a missing one.
        int clock = text.IndexOf('T', StringComparison.Ordinal);
        time = default;
        return clock > 0 && text.AsSpan(clock).IndexOfAny("Z+-") > 0
            && DateTimeOffset.TryParseExact(text, s_formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
    }
}
