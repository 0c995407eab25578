using System.Globalization;

namespace SourceGen.Rpc.Hosting.Configuration;

/// <summary>Numbers of bytes as configuration writes them.</summary>
internal static class SizeFormat
{
    /// <summary>The form, for error messages.</summary>
    public const string Description = "a number of bytes, such as 65536, 64KiB or 16MiB";

    private static readonly (string Suffix, int Shift)[] s_units = [("KiB", 10), ("MiB", 20), ("GiB", 30)];

    /// <summary>Reads a size.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        int shift = 0;
        ReadOnlySpan<char> number = text;
        foreach ((string suffix, int unit) in s_units)
        {
            if (!text.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)) continue;
            shift = unit;
            number = text.AsSpan(0, text.Length - suffix.Length);
        }

        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowTrailingWhite;
        bool parsed = long.TryParse(number, Style, CultureInfo.InvariantCulture, out bytes);
        if (!parsed || bytes > long.MaxValue >> shift || bytes < long.MinValue >> shift) return false;
        bytes <<= shift;
        return true;
    }
}
