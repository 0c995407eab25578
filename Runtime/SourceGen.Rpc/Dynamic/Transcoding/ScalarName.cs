using System.Globalization;
using SourceGen.Rpc.Contracts;
using SourceGen.Rpc.MessagePack;

namespace SourceGen.Rpc.Dynamic.Transcoding;

/// <summary>Reads scalars as text: the keys of a map as names of properties, and enums as their names.</summary>
internal static class ScalarName
{
    /// <summary>Reads a scalar; the text is what <see cref="ScalarText.TryWrite"/> understands.</summary>
    /// <exception cref="RpcSerializationException">The data is not a value of the type.</exception>
    public static string Read(ref MessagePackReader reader, SchemaType type) => type.Kind switch
    {
        SchemaKind.String => reader.ReadString() ?? throw new RpcSerializationException("A key is nil."),
        SchemaKind.Bool => reader.ReadBoolean() ? "true" : "false",
        SchemaKind.Integer => ReadInteger(ref reader, type.Name).ToString(CultureInfo.InvariantCulture),
        SchemaKind.Float when type.Name == "float16" => Of(reader.ReadHalf()),
        SchemaKind.Float => type.Name == "float32" ? Of(reader.ReadSingle()) : Of(reader.ReadDouble()),
        SchemaKind.Char => ScalarText.Of(reader.ReadChar()),
        SchemaKind.Decimal => reader.ReadDecimal().ToString(CultureInfo.InvariantCulture),
        SchemaKind.Guid => reader.ReadGuid().ToString("D"),
        SchemaKind.DateTime => IsoText(reader.ReadDateTime()),
        SchemaKind.DateTimeOffset => IsoText(reader.ReadDateTimeOffset()),
        SchemaKind.TimeSpan => reader.ReadTimeSpan().ToString("c"),
        _ => LibraryText.Read(ref reader, type.Kind, out _),
    };

    /// <summary>Reads an enum: its first name with the value, or the number.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="definition">The enum.</param>
    /// <param name="isNumber">Whether no name has the value.</param>
    /// <exception cref="RpcSerializationException">The data is not an integer that the enum holds.</exception>
    public static string ReadEnum(ref MessagePackReader reader, SchemaEnum definition, out bool isNumber)
    {
        Int128 value = ReadInteger(ref reader, definition.Underlying);
        string? name = definition.NameOf(value);
        isNumber = name is null;
        return name ?? value.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Reads an integer of a type.</summary>
    /// <exception cref="RpcSerializationException">The data is not an integer that the type holds.</exception>
    public static Int128 ReadInteger(ref MessagePackReader reader, string word) => word switch
    {
        "int8" => reader.ReadSByte(),
        "int16" => reader.ReadInt16(),
        "int32" => reader.ReadInt32(),
        "int64" => reader.ReadInt64(),
        "uint8" => reader.ReadByte(),
        "uint16" => reader.ReadUInt16(),
        "uint32" => reader.ReadUInt32(),
        _ => reader.ReadUInt64(),
    };

    /// <summary>A number as text, also if it is none.</summary>
    public static string Of(Half value) => Half.IsNaN(value) ? "NaN"
        : Half.IsInfinity(value) ? Infinity(value > Half.Zero)
        : value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>A number as text, also if it is none.</summary>
    public static string Of(float value) => float.IsNaN(value) ? "NaN"
        : float.IsInfinity(value) ? Infinity(value > 0)
        : value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>A number as text, also if it is none.</summary>
    public static string Of(double value) => double.IsNaN(value) ? "NaN"
        : double.IsInfinity(value) ? Infinity(value > 0)
        : value.ToString("R", CultureInfo.InvariantCulture);

    private static string Infinity(bool positive) => positive ? "Infinity" : "-Infinity";

    private static string IsoText(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture);

    private static string IsoText(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture);
}
