using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Simplification;

namespace SourceGen.Rpc.CodeFixes;

/// <summary>
/// A fix that replaces nodes of the document with the diagnostic. Each works on the code as it is before any other fix, so that all of a
/// document, project or solution can be applied at once.
/// </summary>
internal abstract class SyntaxCodeFix : CodeFixProvider
{
    /// <inheritdoc/>
    public sealed override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        CancellationToken cancellationToken = context.CancellationToken;
        if (await context.Document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false) is not { } root) return;
        if (await context.Document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false) is not { } model) return;
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            SyntaxNode node = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            Offer(new FixPlace(context, root, model, diagnostic, node));
        }
    }

    /// <summary>Offers the fixes of one diagnostic; none where none is obvious.</summary>
    protected abstract void Offer(FixPlace place);

    /// <summary>A type by its full name, which becomes as short as the usings allow.</summary>
    protected static TypeSyntax Type(string fullName) =>
        SyntaxFactory.ParseTypeName("global::" + fullName).WithAdditionalAnnotations(Simplifier.Annotation);

    /// <summary>A generic type by its full name, which becomes as short as the usings allow.</summary>
    protected static TypeSyntax Type(string fullName, TypeSyntax argument) =>
        SyntaxFactory.ParseTypeName($"global::{fullName}<{argument.WithoutTrivia().ToFullString()}>")
            .WithAdditionalAnnotations(Simplifier.Annotation);

    /// <summary>The declaration without some of its modifiers; what stood before them stays.</summary>
    protected static TNode WithoutModifiers<TNode>(TNode declaration, params SyntaxKind[] kinds)
        where TNode : MemberDeclarationSyntax
    {
        SyntaxTokenList modifiers = declaration.Modifiers;
        if (modifiers.Count > 0 && kinds.Contains(modifiers[0].Kind()))
        {
            SyntaxToken successor = modifiers.FirstOrDefault(m => !kinds.Contains(m.Kind()));
            if (successor == default) successor = modifiers[modifiers.Count - 1].GetNextToken();
            declaration = declaration.ReplaceToken(successor, successor.WithLeadingTrivia(modifiers[0].LeadingTrivia));
        }

        return (TNode)declaration.WithModifiers(SyntaxFactory.TokenList(declaration.Modifiers.Where(m => !kinds.Contains(m.Kind()))));
    }

    /// <summary>The parameter with the default value of its type.</summary>
    protected static ParameterSyntax WithDefault(ParameterSyntax parameter) => parameter.WithDefault(SyntaxFactory.EqualsValueClause(
        SyntaxFactory.Token(SyntaxKind.EqualsToken).WithLeadingTrivia(SyntaxFactory.Space).WithTrailingTrivia(SyntaxFactory.Space),
        SyntaxFactory.LiteralExpression(SyntaxKind.DefaultLiteralExpression)));

    /// <summary>The list with one more element, set apart as people do.</summary>
    protected static SeparatedSyntaxList<TNode> Insert<TNode>(SeparatedSyntaxList<TNode> list, int index, TNode node)
        where TNode : SyntaxNode
    {
        if (list.Count == 0) return SyntaxFactory.SingletonSeparatedList(node);
        SyntaxToken comma = SyntaxFactory.Token(SyntaxKind.CommaToken).WithTrailingTrivia(SyntaxFactory.Space);
        List<SyntaxToken> separators = [.. list.GetSeparators()];
        separators.Insert(Math.Min(index, separators.Count), comma);
        return SyntaxFactory.SeparatedList(list.Take(index).Append(node).Concat(list.Skip(index)), separators);
    }

    /// <summary>A diagnostic with the code it is about.</summary>
    protected sealed class FixPlace(CodeFixContext context, SyntaxNode root, SemanticModel model, Diagnostic diagnostic, SyntaxNode node)
    {
        public Diagnostic Diagnostic => diagnostic;

        public Document Document => context.Document;

        public SemanticModel Model => model;

        public SyntaxNode Node => node;

        public CancellationToken CancellationToken => context.CancellationToken;

        public string Id => diagnostic.Id;

        /// <summary>How lines of the document end.</summary>
        public SyntaxTrivia NewLine
        {
            get
            {
                SyntaxTrivia first = root.DescendantTrivia().FirstOrDefault(static t => t.IsKind(SyntaxKind.EndOfLineTrivia));
                return first == default ? SyntaxFactory.LineFeed : first;
            }
        }

        /// <summary>Offers to replace a node by another, which is written as it is, except for names that can be shorter.</summary>
        public void Replace(string title, SyntaxNode old, SyntaxNode replacement)
        {
            Document changed = context.Document.WithSyntaxRoot(root.ReplaceNode(old, replacement));
            context.RegisterCodeFix(CodeAction.Create(title, _ => Task.FromResult(changed), equivalenceKey: title), diagnostic);
        }

        /// <summary>Offers a change of several documents.</summary>
        public void Register(string title, Func<CancellationToken, Task<Solution>> change) =>
            context.RegisterCodeFix(CodeAction.Create(title, change, equivalenceKey: title), diagnostic);
    }
}
