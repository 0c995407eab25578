using System.Globalization;
using Microsoft.CodeAnalysis;

namespace SourceGen.Rpc.Contracts;

/// <summary>A union's model, and its line of the schema behind its name.</summary>
internal sealed record ParsedUnion(UnionModel Model, string Schema);

/// <summary>Reads the cases that an interface or abstract class lists.</summary>
internal sealed class UnionParser(TypeParser types, Compilation compilation, ProblemSink problems)
{
    /// <summary>Whether attributes make the type a union, rightly or not.</summary>
    public static bool IsUnion(INamedTypeSymbol type) =>
        KnownTypes.SharedAttribute(type, "UnionAttribute") is not null || KnownTypes.Attribute(type, "UnionFallbackAttribute") is not null;

    /// <summary>Parses a union; null, after reporting why, when it is not valid.</summary>
    public ParsedUnion? Parse(INamedTypeSymbol type, TypeRef self, UsePath path)
    {
        if (type.TypeKind != TypeKind.Interface && !type.IsAbstract)
        {
            const string Reason = "only an interface or an abstract class is a union, because a value of a class that can be made is "
                + "written as it is; make it abstract, or move [Union] to a base of all cases";
            return Refuse(type, path, Reason);
        }

        IEnumerable<AttributeData> attributes = KnownTypes.Attributes(type, "UnionAttribute")
            .Concat(KnownTypes.Attributes(type, "UnionAttribute", KnownTypes.MessagePack));
        List<UnionCaseModel> cases = [];
        List<(int Tag, string Schema)> schema = [];
        HashSet<ITypeSymbol> seen = new(SymbolEqualityComparer.Default);
        HashSet<int> tags = [];
        bool isValid = true;
        foreach (AttributeData attribute in attributes)
        {
            if (attribute.ConstructorArguments.Length != 2 || attribute.ConstructorArguments[0].Value is not int tag)
            {
                problems.CompilerReports();
                return null;
            }

            if (CaseOf(attribute.ConstructorArguments[1], type, path) is not { } @case)
            {
                isValid = false;
                continue;
            }

            bool isNewTag = tags.Add(tag);
            if (!seen.Add(@case) || !isNewTag)
            {
                string twice = isNewTag ? $"the case '{Display(@case)}'" : $"the tag {Show(tag)}";
                Refuse(type, path, $"{twice} is there twice; every case has one tag of its own");
                isValid = false;
                continue;
            }

            if (types.Resolve(@case, path.To(type, @case)) is not { } resolved)
            {
                isValid = false;
                continue;
            }

            cases.Add(new UnionCaseModel(tag, resolved.Ref, MatchOf(@case)));
            schema.Add((tag, $"{Show(tag)}: {resolved.Schema}"));
        }

        AttributeData? keeps = KnownTypes.Attribute(type, "UnionFallbackAttribute");
        UnionFallbackModel? fallback = keeps is null ? null : Fallback(keeps, type, seen, path);
        isValid &= (keeps is null) == (fallback is null);
        if (isValid && cases.Count == 0) Refuse(type, path, "it lists no case; add [Union(tag, typeof(...))]");
        if (!isValid || cases.Count == 0) return null;
        string[] lines = [.. schema.OrderBy(static s => s.Tag).Select(static s => s.Schema)];
        UnionModel model = new(self, Ordered(cases, seen).ToEquatableArray(), fallback);
        return new ParsedUnion(model, (fallback is null ? "" : "open ") + SchemaText.Braces(lines));
    }

    private INamedTypeSymbol? CaseOf(TypedConstant argument, INamedTypeSymbol type, UsePath path)
    {
        if (argument.Value is not INamedTypeSymbol named)
        {
            if (argument.Value is ITypeSymbol { TypeKind: TypeKind.Error }) problems.CompilerReports();
            else Refuse(type, path, "a case is not a class or struct; name it with typeof");
            return null;
        }

        if (named.TypeKind == TypeKind.Error)
        {
            problems.CompilerReports();
            return null;
        }

        if (OpenTypes.Close(named, type) is not { } closed)
        {
            Refuse(type, path, $"the case '{Display(named)}' has another number of type parameters; name it with its type arguments");
            return null;
        }

        if (SymbolEqualityComparer.Default.Equals(closed, type) || !IsCaseOf(closed, type))
        {
            Refuse(type, path, $"the case '{Display(closed)}' does not derive from it");
            return null;
        }

        return (INamedTypeSymbol)closed.WithNullableAnnotation(NullableAnnotation.NotAnnotated);
    }

    private UnionFallbackModel? Fallback(AttributeData attribute, INamedTypeSymbol type, HashSet<ITypeSymbol> cases, UsePath path)
    {
        if (attribute.ConstructorArguments.Length != 1)
        {
            problems.CompilerReports();
            return null;
        }

        if (CaseOf(attribute.ConstructorArguments[0], type, path) is not { } fallback) return null;
        string name = Display(fallback);
        if (cases.Contains(fallback)) return Refuse($"the fallback '{name}' is one of its cases too; declare a type of its own for it");
        if (fallback.TypeKind is not (TypeKind.Class or TypeKind.Struct) || fallback.IsAbstract)
            return Refuse($"the fallback '{name}' cannot be made; use a class or struct");
        if (!TypeRules.IsAccessible(fallback, compilation))
            return Refuse($"generated code cannot see the fallback '{name}'; make it internal or public");
        IMethodSymbol? constructor = fallback.InstanceConstructors.FirstOrDefault(static c =>
            c.DeclaredAccessibility == Accessibility.Public && c.Parameters.Length == 1 && IsUnknownCase(c.Parameters[0].Type));
        ISymbol? member = MembersOf(fallback).FirstOrDefault(static m => m switch
        {
            IPropertySymbol { IsIndexer: false, GetMethod.DeclaredAccessibility: Accessibility.Public } p => IsUnknownCase(p.Type),
            IFieldSymbol f => IsUnknownCase(f.Type),
            _ => false,
        });
        if (constructor is null || member is null)
        {
            return Refuse($"the fallback '{name}' needs a public constructor that takes an UnknownCase and a public member that gives it "
                + $"back: record {fallback.Name}(UnknownCase Case) : {Display(type)}");
        }

        return new UnionFallbackModel(TypeNames.Canonical(fallback), MatchOf(fallback), member.Name);

        UnionFallbackModel? Refuse(string reason)
        {
            this.Refuse(type, path, reason);
            return null;
        }
    }

    private static IEnumerable<ISymbol> MembersOf(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? part = type; part is not null; part = part.BaseType)
        {
            foreach (ISymbol member in part.GetMembers())
            {
                if (member is { IsStatic: false, DeclaredAccessibility: Accessibility.Public }) yield return member;
            }
        }
    }

    private static bool IsUnknownCase(ITypeSymbol type) =>
        type is INamedTypeSymbol named && KnownTypes.Is(named, "SourceGen.Rpc", "UnknownCase");

    private static bool IsCaseOf(INamedTypeSymbol type, INamedTypeSymbol union)
    {
        if (union.TypeKind == TypeKind.Interface)
            return type.AllInterfaces.Any(i => SymbolEqualityComparer.Default.Equals(i, union));
        for (INamedTypeSymbol? part = type.BaseType; part is not null; part = part.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(part, union)) return true;
        }

        return false;
    }

    /// <summary>
    /// A class that can be derived from is compared exactly: what a derived one adds would be lost. A case that is a union itself takes
    /// whatever derives from it.
    /// </summary>
    private static CaseMatch MatchOf(INamedTypeSymbol type) =>
        type.TypeKind == TypeKind.Interface || type.IsAbstract ? CaseMatch.Derived
        : type.IsSealed || type.IsValueType ? CaseMatch.Only
        : CaseMatch.Exact;

    /// <summary>What can be made by tag; then unions within, a derived one before its base.</summary>
    private static IEnumerable<UnionCaseModel> Ordered(List<UnionCaseModel> cases, HashSet<ITypeSymbol> types)
    {
        Dictionary<string, int> bases = types.OfType<INamedTypeSymbol>().ToDictionary(
            static t => TypeNames.Canonical(t),
            t => types.OfType<INamedTypeSymbol>().Count(other => IsCaseOf(t, other)),
            StringComparer.Ordinal);
        return cases
            .OrderBy(static c => c.Match == CaseMatch.Derived)
            .ThenByDescending(c => c.Match == CaseMatch.Derived ? bases[c.Type.Name] : 0)
            .ThenBy(static c => c.Tag);
    }

    private static string Show(int tag) => tag.ToString(CultureInfo.InvariantCulture);

    private static string Display(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat);

    private ParsedUnion? Refuse(INamedTypeSymbol type, UsePath path, string reason)
    {
        problems.Report(DiagnosticDescriptors.InvalidUnion, path.At(type).Location, path.ToString(), Display(type), reason);
        return null;
    }
}
