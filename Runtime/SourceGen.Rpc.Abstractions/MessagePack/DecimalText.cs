using System.Globalization;

namespace SourceGen.Rpc.MessagePack;

/// <summary>
/// The invariant text of a decimal, as <see cref="decimal.ToString(IFormatProvider)"/> has it: the scale is kept, zero has no sign.
/// </summary>
internal static class DecimalText
{
    /// <summary>The longest text: a sign, 29 digits and a point.</summary>
    public const int MaxLength = 31;

    private const int ScaleShift = 16;

    /// <summary>Writes the text.</summary>
    /// <param name="value">The value.</param>
    /// <param name="destination">At least <see cref="MaxLength"/> bytes.</param>
    /// <returns>How many bytes were written.</returns>
    public static int Format(decimal value, Span<byte> destination)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        if (bits[2] != 0)
        {
            // More than 64 bits of digits, which no amount of money has.
            value.TryFormat(destination, out int length, default, CultureInfo.InvariantCulture);
            return length;
        }

        ulong digits = ((ulong)(uint)bits[1] << 32) | (uint)bits[0];
        int scale = (byte)(bits[3] >> ScaleShift);
        return Format(digits, scale, isNegative: bits[3] < 0 && digits != 0, destination);
    }

    private static int Format(ulong digits, int scale, bool isNegative, Span<byte> destination)
    {
        // Backwards, because that is how digits come about; at least one of them stands before the point.
        Span<byte> text = stackalloc byte[MaxLength];
        int start = MaxLength;
        if (scale > 0)
        {
            for (int i = 0; i < scale; i++) text[--start] = NextDigit(ref digits);
            text[--start] = (byte)'.';
        }

        do
        {
            text[--start] = NextDigit(ref digits);
        }
        while (digits != 0);
        if (isNegative) text[--start] = (byte)'-';
        text[start..].CopyTo(destination);
        return MaxLength - start;
    }

    private static byte NextDigit(ref ulong digits)
    {
        (digits, ulong digit) = Math.DivRem(digits, 10);
        return (byte)('0' + digit);
    }
}
