using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.CodeFixes;

/// <summary>Gives an overload a name of its own on the wire, made of its name and the types of its parameters.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(WireNameCodeFix)), Shared]
internal sealed class WireNameCodeFix : SyntaxCodeFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [DiagnosticDescriptors.DuplicateWireName.Id];

    /// <inheritdoc/>
    protected override void Offer(FixPlace place)
    {
        if (place.Node is not MethodDeclarationSyntax declaration) return;
        if (place.Model.GetDeclaredSymbol(declaration, place.CancellationToken) is not { } method) return;
        string argument = $"Name = {SyntaxFactory.Literal(Unique(method)).Text}";
        MethodDeclarationSyntax named;
        if (Attributes.Find(declaration, "Method") is not { } attribute)
        {
            named = Attributes.Add(declaration, place.NewLine, "Method", argument);
        }
        else
        {
            AttributeArgumentSyntax name = SyntaxFactory.ParseAttributeArgumentList($"({argument})")!.Arguments[0];
            SeparatedSyntaxList<AttributeArgumentSyntax> arguments = attribute.ArgumentList?.Arguments ?? default;
            int old = arguments.IndexOf(static a => a.NameEquals?.Name.Identifier.ValueText == "Name");
            arguments = old < 0 ? Insert(arguments, 0, name) : arguments.Replace(arguments[old], name);
            named = declaration.ReplaceNode(attribute, attribute.WithArgumentList(SyntaxFactory.AttributeArgumentList(arguments)));
        }

        place.Replace("Give it a name of its own on the wire", declaration, named);
    }

    private static string Unique(IMethodSymbol method)
    {
        HashSet<string> taken = new(
            method.ContainingType.AllInterfaces.Insert(0, method.ContainingType)
                .SelectMany(static t => t.GetMembers().OfType<IMethodSymbol>()).Select(WireName),
            StringComparer.Ordinal);
        string basis = WireNames.OfMethod(method.Name);
        string types = string.Concat(
            method.Parameters.Where(static p => !KnownTypes.IsCancellationToken(p.Type)).Select(static p => Word(p.Type)));
        string name = basis + types;
        for (int number = 2; taken.Contains(name); number++) name = $"{basis}{types}{number}";
        return name;
    }

    private static string WireName(IMethodSymbol method) =>
        KnownTypes.NamedArgument(KnownTypes.Attribute(method, "MethodAttribute"), "Name") as string ?? WireNames.OfMethod(method.Name);

    /// <summary>The type in one word: <c>Long</c>, <c>ListOfInt</c>, <c>ByteArray</c>.</summary>
    private static string Word(ITypeSymbol type)
    {
        if (type is IArrayTypeSymbol array) return Word(array.ElementType) + "Array";
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
            return "Nullable" + Word(nullable.TypeArguments[0]);
        if (type is INamedTypeSymbol { TypeArguments.Length: > 0 } generic)
            return generic.Name + "Of" + string.Concat(generic.TypeArguments.Select(Word));
        string keyword = type.SpecialType == SpecialType.None
            ? type.Name
            : type.ToDisplayString(NullableFlowState.None, SymbolDisplayFormat.MinimallyQualifiedFormat);
        return char.ToUpperInvariant(keyword[0]) + keyword.Substring(1);
    }
}
