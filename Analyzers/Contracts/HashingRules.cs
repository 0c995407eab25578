using Microsoft.CodeAnalysis;

namespace SourceGen.Rpc.Contracts;

/// <summary>Decides what a dictionary or set that a reader makes needs against keys that a peer chose to collide.</summary>
internal static class HashingRules
{
    public static KeyHashing Of(ITypeSymbol key)
    {
        if (key is not INamedTypeSymbol type) return KeyHashing.Default;
        switch (type.SpecialType)
        {
            // Of 16 bits there are too few: n keys share a bucket only if n times the number of buckets, which is n at least, is within
            // 65,536. The hash of text is seeded by the runtime.
            case SpecialType.System_Boolean or SpecialType.System_Byte or SpecialType.System_SByte or SpecialType.System_Int16
                or SpecialType.System_UInt16 or SpecialType.System_Char or SpecialType.System_String:
                return KeyHashing.Default;
            case SpecialType.System_Int32 or SpecialType.System_UInt32 or SpecialType.System_Int64 or SpecialType.System_UInt64
                or SpecialType.System_Single or SpecialType.System_Double or SpecialType.System_DateTime:
                return KeyHashing.Seeded;

            // Equal decimals may differ in their bits.
            case SpecialType.System_Decimal:
                return KeyHashing.Guarded;
        }

        if (type.EnumUnderlyingType is { } underlying) return Of(underlying);
        if (type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T)
            return Of(type.TypeArguments[0]) == KeyHashing.Default ? KeyHashing.Default : KeyHashing.Guarded;
        if (IsItsBits(type)) return KeyHashing.Seeded;
        if (KnownTypes.Is(type, "System", "Half")) return KeyHashing.Default;
        if (KnownTypes.Is(type, "System", "Memory", 1) || KnownTypes.Is(type, "System", "ReadOnlyMemory", 1)) return KeyHashing.Default;

        // A union, or what only its own serializer can make: any class may come, with a hash code of its own.
        if (!KnownTypes.IsSystem(type) && (type.TypeKind == TypeKind.Interface || type.IsAbstract)) return KeyHashing.Guarded;
        return type.IsValueType || HasOwnHashCode(type) ? KeyHashing.Guarded : KeyHashing.Default;
    }

    /// <summary>Whether the type is one of those that the seeded comparer knows by name.</summary>
    private static bool IsItsBits(INamedTypeSymbol type) => type.Name switch
    {
        "Guid" or "TimeSpan" or "DateTimeOffset" or "DateOnly" or "TimeOnly" or "Int128" or "UInt128" or "Index" or "Range" =>
            KnownTypes.Is(type, "System", type.Name),
        "Rune" => KnownTypes.Is(type, "System.Text", "Rune"),
        _ => false,
    };

    /// <summary>Without one, the hash code is of the reference: the peer has no say in it.</summary>
    private static bool HasOwnHashCode(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? part = type; part is not null && part.SpecialType != SpecialType.System_Object; part = part.BaseType)
        {
            if (part.GetMembers("GetHashCode").Any(static m => m.IsOverride)) return true;
        }

        return false;
    }
}
