using Microsoft.CodeAnalysis;

namespace SourceGen.Rpc.Contracts;

/// <summary>What keeps a named type from being serialized, whatever its members are.</summary>
internal static class TypeRules
{
    /// <summary>Why this kind of type has no serialized form, or null.</summary>
    public static string? WhyNotAKind(INamedTypeSymbol type)
    {
        if (type.SpecialType == SpecialType.System_Object) return "an object can be anything; declare the type";
        if (type.SpecialType is SpecialType.System_IntPtr or SpecialType.System_UIntPtr)
            return "its size depends on the machine; use int or long";
        if (type.TypeKind == TypeKind.Delegate) return "it is a delegate, which cannot leave its process";
        if (type.IsRefLikeType) return "it is a ref struct, which cannot be stored; use an array, or ReadOnlyMemory<byte> for bytes";
        if (type.IsUnboundGenericType) return "it is an open generic type; use a closed type";
        if (KnownTypes.IsCancellationToken(type)) return "a CancellationToken can only be the last parameter of a method";
        if (KnownTypes.IsSystem(type)) return null;
        if (KnownTypes.Is(type, "SourceGen.Rpc", "UnknownMembers")) return "it can only be a member of an object, which it belongs to";
        if (KnownTypes.Is(type, "SourceGen.Rpc", "UnknownCase")) return "it can only be in the fallback of a union";
        if (type.TypeKind == TypeKind.Interface)
            return "it is an interface, so the reader cannot know what to make; use a concrete type, or list its "
                + "implementations with [Union]";
        if (type.IsStatic) return "it is a static class";
        if (type.IsAbstract) return "it is abstract, so the reader cannot know what to make; use a concrete type, or list the derived "
                + "ones with [Union]";
        if (type.TypeKind is not (TypeKind.Class or TypeKind.Struct)) return null;
        if (type.AllInterfaces.Any(static i => i.SpecialType == SpecialType.System_Collections_IEnumerable))
            return "it is a collection of its own, whose other members would be lost; use an array, List<T>, HashSet<T> or "
                + "Dictionary<TKey, TValue>, or a type with a member of one of them";
        for (INamedTypeSymbol? parent = type.BaseType; parent is not null; parent = parent.BaseType)
        {
            if (KnownTypes.IsSystem(parent) && parent.SpecialType is not (SpecialType.System_Object or SpecialType.System_ValueType))
                return $"it derives from '{parent.ToDisplayString()}' of the class library, whose state cannot be serialized; send a "
                    + "type of your own with the members that matter";
        }

        return null;
    }

    /// <summary>Why a type of the class library that is not known cannot be serialized.</summary>
    public static string WhyNotSystem(INamedTypeSymbol type)
    {
        if (KnownTypes.Is(type, "System", "Type"))
            return "loading a type that a peer names is a way into the process; send a name of your own, or an enum";
        if (KnownTypes.Is(type, "System", "Lazy", 1) || KnownTypes.Is(type, "System", "Lazy", 2))
            return "its value is computed when somebody asks, which would be while the call is sent; send the value itself";
        if (KnownTypes.Is(type, "System.Collections.Concurrent", "BlockingCollection", 1))
            return "it is a way for threads to wait for each other, which cannot leave its process; use a List<T>, or a stream";
        bool isCollection = type.SpecialType == SpecialType.System_Collections_IEnumerable
            || type.AllInterfaces.Any(static i => i.SpecialType == SpecialType.System_Collections_IEnumerable);
        if (isCollection && type.Arity == 0)
            return "its elements can be anything; use a collection that says what it holds, such as List<T> or Dictionary<TKey, TValue>";
        return isCollection
            ? "this collection is not supported; use an array, List<T>, HashSet<T> or Dictionary<TKey, TValue>"
            : "this type of the class library is not supported; send a supported type that holds the same (a string, a number, "
                + "bytes), or leave the member out with [IgnoreMember]";
    }

    /// <summary>Whether values of the type have an order of their own, which sorted collections need.</summary>
    public static bool IsComparable(ITypeSymbol type)
    {
        if (type is not INamedTypeSymbol named) return false;
        if (named.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T) return IsComparable(named.TypeArguments[0]);
        foreach (INamedTypeSymbol part in named.AllInterfaces.Append(named))
        {
            if (KnownTypes.Is(part, "System", "IComparable")) return true;
            if (!KnownTypes.Is(part, "System", "IComparable", 1)) continue;

            // What compares with a base class compares with the class too.
            for (ITypeSymbol? self = named; self is not null; self = self.BaseType)
            {
                if (SymbolEqualityComparer.Default.Equals(part.TypeArguments[0], self)) return true;
            }
        }

        return false;
    }

    /// <summary>Whether code in another file of the assembly can name the type with all its arguments.</summary>
    public static bool IsAccessible(INamedTypeSymbol type, Compilation compilation) =>
        compilation.IsSymbolAccessibleWithin(type, compilation.Assembly) && !IsFileLocal(type);

    /// <summary>Whether another assembly has a type of the same full name, so that code cannot say which of them it means.</summary>
    public static bool IsAmbiguous(INamedTypeSymbol type, Compilation compilation) =>
        !SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, compilation.GetTypeByMetadataName(MetadataName(type)));

    /// <summary>How deeply type arguments are nested.</summary>
    public static int TypeArgumentDepth(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => 1 + TypeArgumentDepth(array.ElementType),
        INamedTypeSymbol { TypeArguments.Length: > 0 } named => 1 + named.TypeArguments.Max(TypeArgumentDepth),
        _ => 0,
    };

    private static string MetadataName(INamedTypeSymbol type)
    {
        if (type.ContainingType is { } container) return MetadataName(container) + "+" + type.MetadataName;
        return TypeNames.PlainPrefix(type) + type.MetadataName;
    }

    private static bool IsFileLocal(ITypeSymbol type)
    {
        if (type is IArrayTypeSymbol array) return IsFileLocal(array.ElementType);
        for (INamedTypeSymbol? part = type as INamedTypeSymbol; part is not null; part = part.ContainingType)
        {
            if (part.IsFileLocal || part.TypeArguments.Any(IsFileLocal)) return true;
        }

        return false;
    }
}
