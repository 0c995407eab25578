using System.Globalization;
using System.Numerics;
using System.Text;
using SourceGen.Rpc.Codec.Json;
using SourceGen.Rpc.Contracts;
using SourceGen.Rpc.MessagePack;

namespace SourceGen.Rpc.Dynamic.Transcoding;

/// <summary>The scalars of the class library beside the language's own, as text both ways.</summary>
internal static class LibraryText
{
    /// <summary>What 10,000 digits take: the time of a conversion grows faster than their number, and neither side is trusted.</summary>
    private const int MaxBytes = 4_152;

    private static readonly string[] s_timeFormats = ["HH:mm:ss.FFFFFFF", "HH:mm"];

    /// <summary>Writes a scalar that is given as text.</summary>
    /// <returns>False when the text is no value of the type; nothing is written then.</returns>
    public static bool TryWrite(ref MessagePackWriter writer, SchemaKind kind, string text)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        switch (kind)
        {
            case SchemaKind.Int128 when Int128.TryParse(text, NumberStyles.AllowLeadingSign, invariant, out Int128 value):
                writer.Write(value);
                return true;
            case SchemaKind.UInt128 when UInt128.TryParse(text, NumberStyles.None, invariant, out UInt128 value):
                writer.Write(value);
                return true;
            case SchemaKind.BigInteger when JsonConverters.TryParseInteger(text, out BigInteger value):
                writer.Write(value);
                return true;
            case SchemaKind.Date when DateOnly.TryParseExact(text, "yyyy-MM-dd", invariant, DateTimeStyles.None, out DateOnly date):
                writer.Write(date);
                return true;
            case SchemaKind.Time when TimeOnly.TryParseExact(text, s_timeFormats, invariant, DateTimeStyles.None, out TimeOnly time):
                writer.Write(time);
                return true;

            case SchemaKind.Uri when Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out _):
                writer.Write(text);
                return true;
            case SchemaKind.Version when IsVersion(text):
                writer.Write(text);
                return true;
            case SchemaKind.Index when JsonConverters.TryParseIndex(text, out Index index):
                writer.Write(index);
                return true;
            case SchemaKind.Range when JsonConverters.TryParseRange(text, out Range range):
                writer.Write(range);
                return true;
            case SchemaKind.Rune when JsonConverters.TryParseRune(text, out Rune rune):
                writer.Write(rune);
                return true;
            default: return false;
        }
    }

    /// <summary>Writes a scalar that is given as a number.</summary>
    /// <param name="writer">Where it goes.</param>
    /// <param name="kind">Its type.</param>
    /// <param name="text">The number as it is written in JSON.</param>
    /// <param name="integer">The number, if it is an integer in a form with a point or an exponent too; otherwise null.</param>
    /// <returns>False when the number is no value of the type; nothing is written then.</returns>
    public static bool TryWriteNumber(ref MessagePackWriter writer, SchemaKind kind, string text, Int128? integer)
    {
        switch (kind)
        {
            case SchemaKind.Int128 or SchemaKind.UInt128 or SchemaKind.BigInteger:
                return TryWrite(ref writer, kind, text)
                    || (integer is { } value && TryWrite(ref writer, kind, value.ToString(CultureInfo.InvariantCulture)));
            case SchemaKind.Index when integer >= 0 && integer <= int.MaxValue:
                writer.Write(Index.FromStart((int)integer));
                return true;
            case SchemaKind.Rune when integer >= 0 && integer <= 0x10FFFF && Rune.IsValid((int)integer):
                writer.Write(new Rune((int)integer));
                return true;
            default: return false;
        }
    }

    /// <summary>Reads a scalar as text.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="kind">Its type.</param>
    /// <param name="isNumber">Whether JSON has the text as a number.</param>
    /// <exception cref="RpcSerializationException">The data is not a value of the type.</exception>
    public static string Read(ref MessagePackReader reader, SchemaKind kind, out bool isNumber)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        isNumber = kind is SchemaKind.Int128 or SchemaKind.UInt128 or SchemaKind.BigInteger;
        return kind switch
        {
            SchemaKind.Int128 => reader.ReadInt128().ToString(invariant),
            SchemaKind.UInt128 => reader.ReadUInt128().ToString(invariant),
            SchemaKind.BigInteger => Of(reader.ReadBigInteger()),
            SchemaKind.Date => reader.ReadDateOnly().ToString("yyyy-MM-dd", invariant),
            SchemaKind.Time => reader.ReadTimeOnly().ToString("HH:mm:ss.FFFFFFF", invariant),
            SchemaKind.Uri => reader.ReadUri()?.OriginalString ?? throw NilKey(),
            SchemaKind.Version => reader.ReadVersion()?.ToString() ?? throw NilKey(),
            SchemaKind.Index => reader.ReadIndex().ToString(),
            SchemaKind.Range => reader.ReadRange().ToString(),
            _ => reader.ReadRune().ToString(),
        };
    }

    /// <summary>An integer of any size as text.</summary>
    private static string Of(BigInteger value)
    {
        if (value.GetByteCount() > MaxBytes)
        {
            throw new RpcSerializationException(
                $"A bigint of {value.GetByteCount():N0} bytes is not converted to text; the limit is {MaxBytes:N0}.");
        }

        return value.ToString(CultureInfo.InvariantCulture);
    }

    private static RpcSerializationException NilKey() => new("A key is nil.");

    private static bool IsVersion(string text) => text.AsSpan().IndexOfAnyExcept(".0123456789") < 0 && Version.TryParse(text, out _);
}
