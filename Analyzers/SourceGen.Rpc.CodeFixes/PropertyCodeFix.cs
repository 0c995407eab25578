using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.CodeFixes;

/// <summary>Turns a property of a contract that is only read into a method.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(PropertyCodeFix)), Shared]
internal sealed class PropertyCodeFix : SyntaxCodeFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [DiagnosticDescriptors.NotAMethod.Id];

    /// <inheritdoc/>
    protected override void Offer(FixPlace place)
    {
        if (place.Node is not PropertyDeclarationSyntax { AccessorList.Accessors: { Count: 1 } accessors } property) return;
        if (!accessors[0].IsKind(SyntaxKind.GetAccessorDeclaration) || property.Type is RefTypeSyntax) return;
        MethodDeclarationSyntax method = SyntaxFactory.MethodDeclaration(
                Type("System.Threading.Tasks.ValueTask", property.Type).WithTriviaFrom(property.Type),
                $"Get{property.Identifier.ValueText}Async")
            .WithAttributeLists(property.AttributeLists)
            .WithModifiers(property.Modifiers)
            .WithSemicolonToken(SyntaxFactory.Token(SyntaxKind.SemicolonToken));
        place.Replace("Replace it by a method", property, method.WithTriviaFrom(property));
    }
}
