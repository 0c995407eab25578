using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace SourceGen.Rpc.Contracts;

/// <summary>Every spelling of a type's or assembly's name that generated code needs.</summary>
internal static class TypeNames
{
    private const int LongIdentifier = 100;
    private const int LongHint = 60;

    private static readonly SymbolDisplayFormat CanonicalFormat = SymbolDisplayFormat.FullyQualifiedFormat
        .WithMiscellaneousOptions(
            SymbolDisplayMiscellaneousOptions.UseSpecialTypes
            | SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers
            | SymbolDisplayMiscellaneousOptions.ExpandValueTuple);

    private static readonly SymbolDisplayFormat DeclaredFormat = SymbolDisplayFormat.FullyQualifiedFormat
        .WithMiscellaneousOptions(
            SymbolDisplayMiscellaneousOptions.UseSpecialTypes
            | SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers
            | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    /// <summary>The name that is the same for every annotation of the type: what serializers are distinguished by.</summary>
    public static string Canonical(ITypeSymbol type) =>
        type.WithNullableAnnotation(NullableAnnotation.None).ToDisplayString(CanonicalFormat);

    /// <summary>The name with nullable annotations and tuple names, as a signature repeats it.</summary>
    public static string Declared(ITypeSymbol type) => type.ToDisplayString(DeclaredFormat);

    /// <summary>A name that may be a keyword, also one in some contexts only, as an identifier.</summary>
    public static string Escape(string name) =>
        SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None && SyntaxFacts.GetContextualKeywordKind(name) == SyntaxKind.None
            ? name
            : "@" + name;

    /// <summary>A namespace as a declaration writes it.</summary>
    public static string Namespace(INamespaceSymbol space) =>
        space.ContainingNamespace.IsGlobalNamespace ? Escape(space.Name) : Namespace(space.ContainingNamespace) + "." + Escape(space.Name);

    /// <summary>The namespace and containing types with a dot behind each, as they are named: on the wire nothing is escaped.</summary>
    public static string PlainPrefix(ISymbol symbol)
    {
        if (symbol.ContainingType is { } container) return PlainPrefix(container) + container.Name + ".";
        INamespaceSymbol space = symbol.ContainingNamespace;
        return space.IsGlobalNamespace ? "" : PlainPrefix(space) + space.Name + ".";
    }

    /// <summary>
    /// The namespace of an assembly's generated types. Two assemblies never share one: internals may be visible from one to the other,
    /// and equal names would then be ambiguous. What the readable form loses, a hash restores.
    /// </summary>
    public static string GeneratedNamespace(string assembly)
    {
        StringBuilder name = new("SourceGen.Rpc.Generated.");
        bool exact = true;
        if (assembly.Length == 0 || char.IsDigit(assembly[0])) name.Append('_');
        foreach (char c in assembly)
        {
            bool isPlain = c < 128 && char.IsLetterOrDigit(c);
            exact &= isPlain || c == '.';
            name.Append(isPlain ? c : '_');
        }

        return exact ? name.ToString() : name.Append('_').Append(Hash(assembly)).ToString();
    }

    /// <summary>
    /// The name of a service's generated file: readable, short, and unique also where file names ignore case, because of the hash of
    /// <paramref name="service"/>.
    /// </summary>
    public static string Hint(string service)
    {
        StringBuilder hint = new();
        foreach (char c in service.Length > LongHint ? service.Substring(0, LongHint) : service)
            hint.Append(c < 128 && (char.IsLetterOrDigit(c) || c is '.' or '_') ? c : '_');
        return hint.Append('.').Append(Hash(service)).Append(".g.cs").ToString();
    }

    /// <summary>
    /// What the names of a type's generated methods end with: <c>Shop_Person</c>, <c>List_of_Shop_Person</c>. Where the readable form could
    /// mean two types, a hash of <paramref name="canonical"/> is added.
    /// </summary>
    public static string Identifier(ITypeSymbol type, string canonical)
    {
        StringBuilder name = new();
        bool exact = Append(name, type);
        if (name.Length > LongIdentifier)
        {
            name.Length = LongIdentifier;
            exact = false;
        }

        return exact ? name.ToString() : name.Append('_').Append(Hash(canonical)).ToString();
    }

    /// <summary>FNV-1a: short, stable and without a dependency; uniqueness matters here, not secrecy.</summary>
    private static string Hash(string text)
    {
        uint hash = 2166136261;
        foreach (char c in text) hash = unchecked((hash ^ c) * 16777619);
        return hash.ToString("x8", System.Globalization.CultureInfo.InvariantCulture);
    }

    private static bool Append(StringBuilder name, ITypeSymbol type)
    {
        if (type is IArrayTypeSymbol array)
        {
            name.Append(array.IsSZArray ? "Array_of_" : $"Array{array.Rank}D_of_");
            return Append(name, array.ElementType);
        }

        INamedTypeSymbol named = (INamedTypeSymbol)type;
        bool exact = true;
        if (!KnownTypes.IsSystem(named))
        {
            exact = !named.ContainingNamespace.IsGlobalNamespace;
            AppendContainers(name, named, ref exact);
        }

        AppendPart(name, named.Name, ref exact);
        List<ITypeSymbol> arguments = [];
        for (INamedTypeSymbol? part = named; part is not null; part = part.ContainingType) arguments.InsertRange(0, part.TypeArguments);
        for (int i = 0; i < arguments.Count; i++)
        {
            name.Append(i == 0 ? "_of_" : "_and_");
            exact &= arguments[i] is not INamedTypeSymbol { TypeArguments.Length: > 1 };
            exact &= Append(name, arguments[i]);
        }

        return exact;
    }

    private static void AppendContainers(StringBuilder name, INamedTypeSymbol type, ref bool exact)
    {
        List<string> parts = [];
        for (INamedTypeSymbol? container = type.ContainingType; container is not null; container = container.ContainingType)
            parts.Add(container.Name);
        for (INamespaceSymbol space = type.ContainingNamespace; !space.IsGlobalNamespace; space = space.ContainingNamespace)
            parts.Add(space.Name);
        for (int i = parts.Count - 1; i >= 0; i--)
        {
            AppendPart(name, parts[i], ref exact);
            name.Append('_');
        }
    }

    private static void AppendPart(StringBuilder name, string part, ref bool exact)
    {
        exact &= part.IndexOf('_') < 0 && part is not ("of" or "and");
        name.Append(part);
    }
}
