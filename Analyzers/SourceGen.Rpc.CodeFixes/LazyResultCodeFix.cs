using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SourceGen.Rpc.Analyzers.Usage;

namespace SourceGen.Rpc.CodeFixes;

/// <summary>Computes a sequence before it is returned, where the type that is asked for is known: <c>[.. sequence]</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(LazyResultCodeFix)), Shared]
internal sealed class LazyResultCodeFix : SyntaxCodeFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [UsageDescriptors.LazyResult.Id];

    /// <inheritdoc/>
    protected override void Offer(FixPlace place)
    {
        if (place.Node is not ExpressionSyntax sequence || !HasTargetType(sequence)) return;
        CollectionElementSyntax spread = SyntaxFactory.SpreadElement(
            SyntaxFactory.Token(SyntaxKind.DotDotToken).WithTrailingTrivia(SyntaxFactory.Space), sequence.WithoutTrivia());
        CollectionExpressionSyntax computed = SyntaxFactory.CollectionExpression(SyntaxFactory.SingletonSeparatedList(spread));
        place.Replace("Compute it here", sequence, computed.WithTriviaFrom(sequence));
    }

    private static bool HasTargetType(ExpressionSyntax sequence) => sequence.Parent switch
    {
        ReturnStatementSyntax or ArrowExpressionClauseSyntax => true,
        ArgumentSyntax { Parent.Parent: BaseObjectCreationExpressionSyntax } => true,
        ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } } =>
            access.Name is GenericNameSyntax,
        _ => false,
    };
}
