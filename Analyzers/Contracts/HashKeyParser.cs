using Microsoft.CodeAnalysis;

namespace SourceGen.Rpc.Contracts;

/// <summary>The rules of <c>[HashKey]</c>.</summary>
internal static class HashKeyParser
{
    /// <summary>Whether a parameter is a key, by its attribute.</summary>
    public static bool IsKey(IParameterSymbol parameter) => KnownTypes.Attribute(parameter, "HashKeyAttribute") is not null;

    /// <summary>What a value of a type is hashed as; null for a type that has no hash which all programs agree on.</summary>
    public static KeyKind? KindOf(ITypeSymbol type)
    {
        if (type is IArrayTypeSymbol { IsSZArray: true, ElementType.SpecialType: SpecialType.System_Byte }) return KeyKind.Itself;
        if (type is INamedTypeSymbol { EnumUnderlyingType: not null }) return KeyKind.Number;
        if (type is INamedTypeSymbol named && KnownTypes.Is(named, "System", "Guid")) return KeyKind.Itself;
        return type.SpecialType switch
        {
            SpecialType.System_String => KeyKind.Itself,
            SpecialType.System_Byte or SpecialType.System_SByte or SpecialType.System_Int16 or SpecialType.System_UInt16
                or SpecialType.System_Int32 or SpecialType.System_UInt32 or SpecialType.System_Int64 or SpecialType.System_UInt64
                or SpecialType.System_Char => KeyKind.Number,
            _ => null,
        };
    }
}
