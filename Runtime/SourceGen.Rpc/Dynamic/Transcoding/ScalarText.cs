using System.Globalization;
using SourceGen.Rpc.Contracts;
using SourceGen.Rpc.MessagePack;

namespace SourceGen.Rpc.Dynamic.Transcoding;

/// <summary>Scalars as text: in JSON strings, and as the names of properties that stand for the keys of a map.</summary>
internal static class ScalarText
{
    private const NumberStyles NumberStyle = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>Whether values of the type can be the names of an object's properties.</summary>
    public static bool CanBeName(SchemaType type, ContractSchema schema) => type.Kind switch
    {
        SchemaKind.Bytes or SchemaKind.Opaque or SchemaKind.List or SchemaKind.Map or SchemaKind.Tuple => false,
        SchemaKind.Named => schema.Types[type.Name] is SchemaEnum,
        _ => true,
    };

    /// <summary>Writes a scalar that is given as text.</summary>
    /// <param name="writer">Where it goes.</param>
    /// <param name="type">Its type, for which <see cref="CanBeName"/> holds.</param>
    /// <param name="text">The text.</param>
    /// <returns>False when the text is no value of the type; nothing is written then.</returns>
    public static bool TryWrite(ref MessagePackWriter writer, SchemaType type, string text)
    {
        switch (type.Kind)
        {
            case SchemaKind.String: writer.Write(text); return true;
            case SchemaKind.Bool when text is "true" or "false": writer.Write(text == "true"); return true;
            case SchemaKind.Integer: return TryParseInteger(text, out Int128 integer) && TryWriteInteger(ref writer, type.Name, integer);
            case SchemaKind.Float: return TryWriteFloat(ref writer, type.Name, text);
            case SchemaKind.Char: return TryWriteChar(ref writer, text);
            case SchemaKind.Decimal: return TryWriteDecimal(ref writer, text);
            case SchemaKind.Guid when Guid.TryParseExact(text, "D", out Guid guid): writer.Write(guid); return true;
            case SchemaKind.TimeSpan when TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out TimeSpan span):
                writer.Write(span);
                return true;
            case SchemaKind.DateTime when IsoTime.TryParse(text, out DateTime time): writer.Write(time); return true;
            case SchemaKind.DateTimeOffset when IsoTime.TryParse(text, out DateTimeOffset time): writer.Write(time); return true;
            default: return LibraryText.TryWrite(ref writer, type.Kind, text);
        }
    }

    /// <summary>Reads an integer: digits, with a sign perhaps, and nothing else.</summary>
    public static bool TryParseInteger(string text, out Int128 value) =>
        Int128.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    /// <summary>Writes an integer if its type holds it.</summary>
    public static bool TryWriteInteger(ref MessagePackWriter writer, string word, Int128 value)
    {
        (Int128 min, Int128 max) = IntegerRange.Of(word);
        if (value < min || value > max) return false;
        if (value < 0) writer.Write((long)value);
        else writer.Write((ulong)value);
        return true;
    }

    /// <summary>Writes a number with a fraction if its type holds it; the text may also be NaN, Infinity or -Infinity.</summary>
    public static bool TryWriteFloat(ref MessagePackWriter writer, string word, string text)
    {
        bool named = text is "NaN" or "Infinity" or "-Infinity";
        if (word == "float32")
        {
            if (!float.TryParse(text, NumberStyle, CultureInfo.InvariantCulture, out float single)) return false;
            if (!named && !float.IsFinite(single)) return false;
            writer.Write(single);
            return true;
        }

        if (word == "float16")
        {
            if (!Half.TryParse(text, NumberStyle, CultureInfo.InvariantCulture, out Half half)) return false;
            if (!named && !Half.IsFinite(half)) return false;
            writer.Write(half);
            return true;
        }

        if (!double.TryParse(text, NumberStyle, CultureInfo.InvariantCulture, out double value)) return false;
        if (!named && !double.IsFinite(value)) return false;
        writer.Write(value);
        return true;
    }

    /// <summary>Writes a decimal; its scale is kept.</summary>
    public static bool TryWriteDecimal(ref MessagePackWriter writer, string text)
    {
        if (!decimal.TryParse(text, NumberStyle, CultureInfo.InvariantCulture, out decimal value)) return false;
        writer.Write(value);
        return true;
    }

    /// <summary>The text of a char: itself, or digits for half of a surrogate pair, which is no text of its own.</summary>
    public static string Of(char value) => char.IsSurrogate(value) ? ((int)value).ToString(CultureInfo.InvariantCulture) : value.ToString();

    private static bool TryWriteChar(ref MessagePackWriter writer, string text)
    {
        if (text.Length == 1)
        {
            writer.Write(text[0]);
            return true;
        }

        // One digit is that digit; surrogates, which can only be written as numbers, have five.
        if (!ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort unit)) return false;
        writer.Write((char)unit);
        return true;
    }
}
