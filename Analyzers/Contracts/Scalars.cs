using Microsoft.CodeAnalysis;

namespace SourceGen.Rpc.Contracts;

/// <summary>The types that the MessagePack writer and reader have methods for.</summary>
internal static class Scalars
{
    private static readonly ResolvedType Boolean = Scalar("bool", "ReadBoolean", "bool");
    private static readonly ResolvedType Byte = Scalar("byte", "ReadByte", "uint8");
    private static readonly ResolvedType SByte = Scalar("sbyte", "ReadSByte", "int8");
    private static readonly ResolvedType Int16 = Scalar("short", "ReadInt16", "int16");
    private static readonly ResolvedType UInt16 = Scalar("ushort", "ReadUInt16", "uint16");
    private static readonly ResolvedType Int32 = Scalar("int", "ReadInt32", "int32");
    private static readonly ResolvedType UInt32 = Scalar("uint", "ReadUInt32", "uint32");
    private static readonly ResolvedType Int64 = Scalar("long", "ReadInt64", "int64");
    private static readonly ResolvedType UInt64 = Scalar("ulong", "ReadUInt64", "uint64");
    private static readonly ResolvedType Single = Scalar("float", "ReadSingle", "float32");
    private static readonly ResolvedType Double = Scalar("double", "ReadDouble", "float64");
    private static readonly ResolvedType Char = Scalar("char", "ReadChar", "char");
    private static readonly ResolvedType String = Scalar("string", "ReadString", "string", canBeNull: true);
    private static readonly ResolvedType Decimal = Scalar("decimal", "ReadDecimal", "decimal");
    private static readonly ResolvedType DateTime = Scalar("global::System.DateTime", "ReadDateTime", "datetime");
    private static readonly ResolvedType DateTimeOffset = Scalar("global::System.DateTimeOffset", "ReadDateTimeOffset", "datetimeoffset");
    private static readonly ResolvedType TimeSpan = Scalar("global::System.TimeSpan", "ReadTimeSpan", "timespan");
    private static readonly ResolvedType Guid = Scalar("global::System.Guid", "ReadGuid", "guid");
    private static readonly ResolvedType Bytes = Scalar("byte[]", "ReadBytes", "bytes", canBeNull: true);
    private static readonly ResolvedType ReadOnlyMemory = Scalar("global::System.ReadOnlyMemory<byte>", "ReadMemory", "bytes");

    private static readonly ResolvedType ArraySegment = Scalar("global::System.ArraySegment<byte>", "ReadArraySegment", "bytes?");
    private static readonly ResolvedType Sequence = Scalar("global::System.Buffers.ReadOnlySequence<byte>", "ReadSequence", "bytes");
    private static readonly ResolvedType Half = Scalar("global::System.Half", "ReadHalf", "float16");
    private static readonly ResolvedType Int128 = Scalar("global::System.Int128", "ReadInt128", "int128");
    private static readonly ResolvedType UInt128 = Scalar("global::System.UInt128", "ReadUInt128", "uint128");
    private static readonly ResolvedType BigInteger = Scalar("global::System.Numerics.BigInteger", "ReadBigInteger", "bigint");
    private static readonly ResolvedType DateOnly = Scalar("global::System.DateOnly", "ReadDateOnly", "date");
    private static readonly ResolvedType TimeOnly = Scalar("global::System.TimeOnly", "ReadTimeOnly", "time");
    private static readonly ResolvedType Uri = Scalar("global::System.Uri", "ReadUri", "uri", canBeNull: true);
    private static readonly ResolvedType Version = Scalar("global::System.Version", "ReadVersion", "version", canBeNull: true);
    private static readonly ResolvedType Index = Scalar("global::System.Index", "ReadIndex", "index");
    private static readonly ResolvedType Range = Scalar("global::System.Range", "ReadRange", "range");
    private static readonly ResolvedType Rune = Scalar("global::System.Text.Rune", "ReadRune", "rune");
    private static readonly ResolvedType BitArray = Scalar(
        "global::System.Collections.BitArray", "ReadBitArray", "list<bool>", canBeNull: true);

    private static readonly ResolvedType StringBuilder = Scalar(
        "global::System.Text.StringBuilder", "ReadStringBuilder", "string", canBeNull: true);

    private static readonly ResolvedType Memory = new(
        new TypeRef("global::System.Memory<byte>", TypeRefKind.Cast, "ReadBytes", "global::System.Memory<byte>", CanBeNull: false),
        "bytes");

    /// <summary>A pooled buffer, which is a scalar only as a whole parameter or result.</summary>
    public static ResolvedType Buffer { get; } = Scalar("global::SourceGen.Rpc.RpcBuffer", "ReadBuffer", "bytes", canBeNull: true);

    /// <summary>How a scalar type is serialized; null for any other type.</summary>
    public static ResolvedType? Find(ITypeSymbol type) => type.SpecialType switch
    {
        SpecialType.System_Boolean => Boolean,
        SpecialType.System_Byte => Byte,
        SpecialType.System_SByte => SByte,
        SpecialType.System_Int16 => Int16,
        SpecialType.System_UInt16 => UInt16,
        SpecialType.System_Int32 => Int32,
        SpecialType.System_UInt32 => UInt32,
        SpecialType.System_Int64 => Int64,
        SpecialType.System_UInt64 => UInt64,
        SpecialType.System_Single => Single,
        SpecialType.System_Double => Double,
        SpecialType.System_Char => Char,
        SpecialType.System_String => String,
        SpecialType.System_Decimal => Decimal,
        SpecialType.System_DateTime => DateTime,
        SpecialType.None => ByName(type),
        _ => null,
    };

    private static ResolvedType? ByName(ITypeSymbol type)
    {
        if (type is IArrayTypeSymbol { IsSZArray: true, ElementType.SpecialType: SpecialType.System_Byte }) return Bytes;
        if (type is not INamedTypeSymbol named) return null;
        bool isOfBytes = named.Arity == 1 && named.TypeArguments[0].SpecialType == SpecialType.System_Byte;
        return named.Name switch
        {
            "Guid" when KnownTypes.Is(named, "System", "Guid") => Guid,
            "DateTimeOffset" when KnownTypes.Is(named, "System", "DateTimeOffset") => DateTimeOffset,
            "TimeSpan" when KnownTypes.Is(named, "System", "TimeSpan") => TimeSpan,
            "ReadOnlyMemory" when isOfBytes && KnownTypes.Is(named, "System", "ReadOnlyMemory", 1) => ReadOnlyMemory,
            "Memory" when isOfBytes && KnownTypes.Is(named, "System", "Memory", 1) => Memory,
            "ArraySegment" when isOfBytes && KnownTypes.Is(named, "System", "ArraySegment", 1) => ArraySegment,
            "ReadOnlySequence" when isOfBytes && KnownTypes.Is(named, "System.Buffers", "ReadOnlySequence", 1) => Sequence,
            "Half" when KnownTypes.Is(named, "System", "Half") => Half,
            "Int128" when KnownTypes.Is(named, "System", "Int128") => Int128,
            "UInt128" when KnownTypes.Is(named, "System", "UInt128") => UInt128,
            "BigInteger" when KnownTypes.Is(named, "System.Numerics", "BigInteger") => BigInteger,
            "DateOnly" when KnownTypes.Is(named, "System", "DateOnly") => DateOnly,
            "TimeOnly" when KnownTypes.Is(named, "System", "TimeOnly") => TimeOnly,
            "Uri" when KnownTypes.Is(named, "System", "Uri") => Uri,
            "Version" when KnownTypes.Is(named, "System", "Version") => Version,
            "Index" when KnownTypes.Is(named, "System", "Index") => Index,
            "Range" when KnownTypes.Is(named, "System", "Range") => Range,
            "Rune" when KnownTypes.Is(named, "System.Text", "Rune") => Rune,
            "BitArray" when KnownTypes.Is(named, "System.Collections", "BitArray") => BitArray,
            "StringBuilder" when KnownTypes.Is(named, "System.Text", "StringBuilder") => StringBuilder,
            _ => null,
        };
    }

    private static ResolvedType Scalar(string name, string method, string schema, bool canBeNull = false) =>
        new(new TypeRef(name, TypeRefKind.Scalar, method, "", canBeNull), schema);
}
