using Microsoft.CodeAnalysis;

namespace SourceGen.Rpc.Contracts;

/// <summary>The types that the contract rules know by name.</summary>
internal static class KnownTypes
{
    public const string ServiceAttribute = "SourceGen.Rpc.ServiceAttribute";

    /// <summary>The namespace of MessagePack-CSharp, whose attributes are known by name.</summary>
    public const string MessagePack = "MessagePack";

    private const string Own = "SourceGen.Rpc";

    /// <summary>Whether the type belongs to the class library: its namespace is System or below it.</summary>
    public static bool IsSystem(INamedTypeSymbol type)
    {
        INamespaceSymbol? space = type.ContainingNamespace;
        if (space is null || space.IsGlobalNamespace) return false;
        while (!space.ContainingNamespace.IsGlobalNamespace) space = space.ContainingNamespace;
        return space.Name == "System";
    }

    /// <summary>Whether the type, whatever its type arguments, is the named one.</summary>
    public static bool Is(INamedTypeSymbol type, string space, string name, int arity = 0) =>
        type.Name == name && type.Arity == arity && type.ContainingType is null && IsNamespace(type.ContainingNamespace, space);

    public static bool IsCancellationToken(ITypeSymbol type) =>
        type is INamedTypeSymbol named && Is(named, "System.Threading", "CancellationToken");

    /// <summary>Whether the type is the pooled buffer, which one side of a call owns.</summary>
    public static bool IsBuffer(ITypeSymbol type) => type is INamedTypeSymbol named && Is(named, "SourceGen.Rpc", "RpcBuffer");

    /// <summary>Whether the type gives items one after the other, in a form that can be sent as a stream or in one that cannot.</summary>
    public static bool IsStream(ITypeSymbol type) =>
        type is INamedTypeSymbol named
        && (Is(named, "System.Collections.Generic", "IAsyncEnumerable", 1) || Is(named, "System.Collections.Generic", "IAsyncEnumerator", 1)
            || Is(named, "System.Threading.Channels", "ChannelReader", 1));

    /// <summary>The items of a stream as contracts have them, or null for any other type.</summary>
    public static ITypeSymbol? ItemsOf(ITypeSymbol type) =>
        type is INamedTypeSymbol named && Is(named, "System.Collections.Generic", "IAsyncEnumerable", 1) ? named.TypeArguments[0] : null;

    /// <summary>Whether the type is what the generator adds to services.</summary>
    public static bool IsServiceContract(INamedTypeSymbol type) => Is(type, "SourceGen.Rpc.CompilerServices", "IRpcContract", 1);

    /// <summary>Whether the type is what the generator adds to services, or what it adds to topics.</summary>
    public static bool IsContract(INamedTypeSymbol type) =>
        IsServiceContract(type) || Is(type, "SourceGen.Rpc.CompilerServices", "ITopicContract", 1);

    /// <summary>Whether the symbol is an interface that declares a contract, by <c>[Service]</c> or <c>[Topic]</c>.</summary>
    public static bool DeclaresContract(ISymbol symbol) =>
        symbol is INamedTypeSymbol { TypeKind: TypeKind.Interface }
        && (Attribute(symbol, "ServiceAttribute") is not null || Attribute(symbol, "TopicAttribute") is not null);

    /// <summary>Whether an interface that declares a contract is one of events. With both attributes, which is an error, it is a service.</summary>
    public static bool IsTopic(INamedTypeSymbol type) =>
        Attribute(type, "TopicAttribute") is not null && Attribute(type, "ServiceAttribute") is null;

    /// <summary>An attribute on the symbol itself, or null.</summary>
    public static AttributeData? Attribute(ISymbol symbol, string name, string space = Own) =>
        Attributes(symbol, name, space).FirstOrDefault();

    /// <summary>An attribute of this library, or else the one of the same name and meaning of MessagePack-CSharp.</summary>
    public static AttributeData? SharedAttribute(ISymbol symbol, string name) =>
        Attribute(symbol, name) ?? Attribute(symbol, name, MessagePack);

    /// <summary>All attributes of a name on the symbol itself.</summary>
    public static IEnumerable<AttributeData> Attributes(ISymbol symbol, string name, string space = Own) =>
        symbol.GetAttributes().Where(a => a.AttributeClass is { } type && Is(type, space, name));

    /// <summary>The <c>[Throws&lt;T&gt;]</c> attributes of a method or an interface.</summary>
    public static IEnumerable<AttributeData> ThrowsAttributes(ISymbol symbol) =>
        symbol.GetAttributes().Where(static a => a.AttributeClass is { } type && Is(type, "SourceGen.Rpc", "ThrowsAttribute", 1));

    /// <summary>The <c>[RequireAuthorization]</c> attributes of a method or an interface.</summary>
    public static IEnumerable<AttributeData> AuthorizationAttributes(ISymbol symbol) =>
        symbol.GetAttributes().Where(
            static a => a.AttributeClass is { } type && Is(type, "SourceGen.Rpc", "RequireAuthorizationAttribute"));

    /// <summary>Whether a method or an interface has <c>[AllowAnonymous]</c>; that of another framework means nothing here.</summary>
    public static bool AllowsAnonymous(ISymbol symbol) => Attribute(symbol, "AllowAnonymousAttribute") is not null;

    /// <summary>Whether the type is <see cref="Exception"/> or derives from it.</summary>
    public static bool IsException(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? part = type; part is not null; part = part.BaseType)
        {
            if (Is(part, "System", "Exception")) return true;
        }

        return false;
    }

    /// <summary>The value of a named argument of an attribute, or null.</summary>
    public static object? NamedArgument(AttributeData? attribute, string name)
    {
        if (attribute is null) return null;
        foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments)
        {
            if (argument.Key == name) return argument.Value.Value;
        }

        return null;
    }

    /// <summary>The values of a named argument that is an array; empty when it is not there.</summary>
    public static IEnumerable<object?> NamedArguments(AttributeData attribute, string name)
    {
        foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments)
        {
            if (argument is { Value: { Kind: TypedConstantKind.Array, IsNull: false, Values: var values } } && argument.Key == name)
                return values.Select(static v => v.Value);
        }

        return [];
    }

    /// <summary>Whether using the symbol is an error that no pragma turns off.</summary>
    public static bool IsObsoleteAsError(ISymbol symbol)
    {
        foreach (AttributeData attribute in symbol.GetAttributes())
        {
            if (attribute.AttributeClass is { Name: "ObsoleteAttribute" } type && Is(type, "System", "ObsoleteAttribute")
                && attribute.ConstructorArguments.Length == 2 && attribute.ConstructorArguments[1].Value is true) return true;
        }

        return false;
    }

    private static bool IsNamespace(INamespaceSymbol? space, string name)
    {
        int end = name.Length;
        while (space is { IsGlobalNamespace: false })
        {
            int start = name.LastIndexOf('.', end - 1) + 1;
            if (string.CompareOrdinal(space.Name, 0, name, start, end - start) != 0 || space.Name.Length != end - start) return false;
            space = space.ContainingNamespace;
            if (start == 0) return space.IsGlobalNamespace;
            end = start - 1;
        }

        return false;
    }
}
