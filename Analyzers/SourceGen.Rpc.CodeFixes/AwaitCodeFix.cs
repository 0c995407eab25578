using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Simplification;
using SourceGen.Rpc.Analyzers.Usage;

namespace SourceGen.Rpc.CodeFixes;

/// <summary>Awaits what is waited for, in methods that are async already.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AwaitCodeFix)), Shared]
internal sealed class AwaitCodeFix : SyntaxCodeFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } =
        [UsageDescriptors.CallBlocked.Id, UsageDescriptors.HandlerBlocks.Id];

    /// <inheritdoc/>
    protected override void Offer(FixPlace place)
    {
        if (!place.Diagnostic.Properties.TryGetValue(BlockingRule.Replacement, out string? replacement) || replacement is null) return;
        if (place.Node is not ExpressionSyntax expression || !CanAwait(expression)) return;
        ExpressionSyntax? task = replacement == BlockingRule.TheTask ? TaskOf(expression) : Renamed(expression, replacement);
        if (task is null) return;
        ExpressionSyntax awaited = SyntaxFactory.AwaitExpression(
            SyntaxFactory.Token(SyntaxKind.AwaitKeyword).WithTrailingTrivia(SyntaxFactory.Space), task.WithoutTrivia());
        if (expression.Parent is not ExpressionStatementSyntax)
            awaited = SyntaxFactory.ParenthesizedExpression(awaited).WithAdditionalAnnotations(Simplifier.Annotation);
        place.Replace("Await it", expression, awaited.WithTriviaFrom(expression));
    }

    /// <summary>What is awaited: <c>x</c> of <c>x.Result</c>, <c>x.Wait()</c> and <c>x.AsTask().GetAwaiter().GetResult()</c>.</summary>
    private static ExpressionSyntax? TaskOf(ExpressionSyntax expression)
    {
        ExpressionSyntax? task = expression switch
        {
            MemberAccessExpressionSyntax access => access.Expression,
            InvocationExpressionSyntax { ArgumentList.Arguments.Count: 0, Expression: MemberAccessExpressionSyntax method } =>
                method.Expression,
            _ => null,
        };
        task = Without(Without(task, "GetAwaiter"), "AsTask");

        // In a?.b.Result the await would have to stand around all of it.
        return task is null || task.DescendantNodesAndSelf().Any(static n => n is MemberBindingExpressionSyntax) ? null : task;
    }

    /// <summary><c>x</c> of <c>x.Method()</c>, and anything else as it is.</summary>
    private static ExpressionSyntax? Without(ExpressionSyntax? task, string method) =>
        task is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } && access.Name.Identifier.ValueText == method
            ? access.Expression
            : task;

    private static InvocationExpressionSyntax? Renamed(ExpressionSyntax expression, string replacement)
    {
        if (expression is not InvocationExpressionSyntax call) return null;
        if (replacement.Contains('.'))
        {
            return call.WithExpression(
                SyntaxFactory.ParseExpression("global::" + replacement).WithAdditionalAnnotations(Simplifier.Annotation));
        }

        return call.Expression is MemberAccessExpressionSyntax access
            ? call.WithExpression(access.WithName(SyntaxFactory.IdentifierName(replacement)))
            : null;
    }

    private static bool CanAwait(SyntaxNode node)
    {
        for (SyntaxNode? part = node.Parent; part is not null; part = part.Parent)
        {
            switch (part)
            {
                case AnonymousFunctionExpressionSyntax lambda:
                    return lambda.AsyncKeyword != default;
                case LocalFunctionStatementSyntax local:
                    return local.Modifiers.Any(SyntaxKind.AsyncKeyword);
                case BaseMethodDeclarationSyntax method:
                    return method.Modifiers.Any(SyntaxKind.AsyncKeyword);
                case GlobalStatementSyntax:
                    return true;
                case LockStatementSyntax or QueryExpressionSyntax or CatchFilterClauseSyntax or UnsafeStatementSyntax:
                case MemberDeclarationSyntax or AccessorDeclarationSyntax:
                    return false;
            }
        }

        return false;
    }
}
