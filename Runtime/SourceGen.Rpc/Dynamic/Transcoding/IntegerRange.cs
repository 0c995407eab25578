namespace SourceGen.Rpc.Dynamic.Transcoding;

/// <summary>What the integer types of a schema hold.</summary>
internal static class IntegerRange
{
    /// <summary>The least and the greatest value of a type, by its word.</summary>
    public static (Int128 Min, Int128 Max) Of(string word) => word switch
    {
        "int8" => (sbyte.MinValue, sbyte.MaxValue),
        "int16" => (short.MinValue, short.MaxValue),
        "int32" => (int.MinValue, int.MaxValue),
        "int64" => (long.MinValue, long.MaxValue),
        "uint8" => (0, byte.MaxValue),
        "uint16" => (0, ushort.MaxValue),
        "uint32" => (0, uint.MaxValue),
        _ => (0, ulong.MaxValue),
    };

    /// <summary>Whether the type has no negative values.</summary>
    public static bool IsUnsigned(string word) => word[0] == 'u';
}
