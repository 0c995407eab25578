using System.Collections.Immutable;
using System.Composition;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.CodeFixes;

/// <summary>
/// Gives members without a key, or with the key of another, the next free one. Which one that is depends on the place of the member alone,
/// so that fixing all of them at once gives each its own.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(KeyCodeFix)), Shared]
internal sealed class KeyCodeFix : SyntaxCodeFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } =
        [DiagnosticDescriptors.DuplicateKey.Id, DiagnosticDescriptors.MemberWithoutKey.Id];

    /// <inheritdoc/>
    protected override void Offer(FixPlace place)
    {
        SyntaxNode declaration =
            place.Node is VariableDeclaratorSyntax { Parent.Parent: FieldDeclarationSyntax field } ? field : place.Node;
        ISymbol? symbol = place.Model.GetDeclaredSymbol(place.Node, place.CancellationToken);
        if (symbol is null || NextKey(symbol) is not { } next) return;
        string key = next.ToString(CultureInfo.InvariantCulture);
        string title = "Give it the next free key";
        if (Attributes.Find(place.Node, "Key") is { ArgumentList: { } arguments })
            place.Replace(title, arguments, SyntaxFactory.ParseAttributeArgumentList($"({key})")!);
        else if (declaration is ParameterSyntax parameter)
            place.Replace(title, parameter, Attributes.AddToProperty(parameter, "Key", key));
        else if (declaration is PropertyDeclarationSyntax or FieldDeclarationSyntax { Declaration.Variables.Count: 1 })
            place.Replace(title, declaration, Attributes.Add((MemberDeclarationSyntax)declaration, place.NewLine, "Key", key));
    }

    private static int? NextKey(ISymbol symbol)
    {
        HashSet<int> taken = [];
        int wanting = 0;
        int? own = null;
        foreach (ISymbol member in Members(symbol.ContainingType))
        {
            int? key = Key(member);
            if (key is { } index && taken.Add(index)) continue;
            bool isIt = member.Name == symbol.Name
                && SymbolEqualityComparer.Default.Equals(member.ContainingType, symbol.ContainingType);
            if (isIt) own = wanting;
            wanting++;
        }

        // Only types with integer keys have a next one.
        return own is { } rank && taken.Count > 0 ? taken.Max() + 1 + rank : null;
    }

    /// <summary>The members that may be serialized: base class first, then as declared.</summary>
    private static IEnumerable<ISymbol> Members(INamedTypeSymbol type)
    {
        IEnumerable<ISymbol> inherited = type.BaseType is { SpecialType: SpecialType.None } parent ? Members(parent) : [];
        return inherited.Concat(type.GetMembers().Where(static m => m is
            {
                DeclaredAccessibility: Accessibility.Public, IsStatic: false, IsImplicitlyDeclared: false,
            }
            and (IFieldSymbol { IsReadOnly: false } or IPropertySymbol { IsIndexer: false })
            && KnownTypes.Attribute(m, "IgnoreMemberAttribute") is null && (Key(m) is not null || IsSet(m))));
    }

    private static bool IsSet(ISymbol member) => member is IFieldSymbol
        || member is IPropertySymbol { SetMethod.DeclaredAccessibility: Accessibility.Public }
        || Parameters(member).Any();

    private static int? Key(ISymbol member)
    {
        AttributeData? key = KnownTypes.Attribute(member, "KeyAttribute")
            ?? Parameters(member).Select(static p => KnownTypes.Attribute(p, "KeyAttribute")).FirstOrDefault(static a => a is not null);
        return key is { ConstructorArguments.Length: 1 } && key.ConstructorArguments[0].Value is int index ? index : null;
    }

    private static IEnumerable<IParameterSymbol> Parameters(ISymbol member) => member.ContainingType.InstanceConstructors
        .SelectMany(static c => c.Parameters)
        .Where(p => string.Equals(p.Name, member.Name, StringComparison.OrdinalIgnoreCase));
}
