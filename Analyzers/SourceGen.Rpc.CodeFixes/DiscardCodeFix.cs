using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SourceGen.Rpc.Analyzers.Usage;
using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.CodeFixes;

/// <summary>Says in code that what becomes of a call does not matter.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(DiscardCodeFix)), Shared]
internal sealed class DiscardCodeFix : SyntaxCodeFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [UsageDescriptors.NotAwaited.Id];

    /// <inheritdoc/>
    protected override void Offer(FixPlace place)
    {
        if (place.Node is not ExpressionSyntax expression) return;
        while (expression.Parent is ConditionalAccessExpressionSyntax access) expression = access;

        // A stream that nobody reads does nothing at all, and where '_' is a variable this would assign to it.
        if (place.Model.GetTypeInfo(expression, place.CancellationToken).Type is not { } type || KnownTypes.IsStream(type)) return;
        if (!place.Model.LookupSymbols(expression.SpanStart, name: "_").IsEmpty) return;
        SyntaxToken underscore = SyntaxFactory.Identifier(default, SyntaxKind.UnderscoreToken, "_", "_", default);
        AssignmentExpressionSyntax discard = SyntaxFactory.AssignmentExpression(
            SyntaxKind.SimpleAssignmentExpression, SyntaxFactory.IdentifierName(underscore),
            SyntaxFactory.Token(SyntaxKind.EqualsToken).WithLeadingTrivia(SyntaxFactory.Space).WithTrailingTrivia(SyntaxFactory.Space),
            expression.WithoutTrivia());
        place.Replace("Assign it to _", expression, discard.WithTriviaFrom(expression));
    }
}
