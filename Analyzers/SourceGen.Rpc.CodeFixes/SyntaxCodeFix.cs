using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
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

    /// <summary>The declaration without one of its modifiers; what stood before the modifier stays.</summary>
    protected static TNode WithoutModifiers<TNode>(TNode declaration, params SyntaxKind[] kinds)
        where TNode : MemberDeclarationSyntax
    {
        SyntaxTriviaList leading = declaration.GetLeadingTrivia();
        SyntaxTokenList kept = SyntaxFactory.TokenList(declaration.Modifiers.Where(m => !kinds.Contains(m.Kind())));
        return (TNode)declaration.WithModifiers(kept).WithLeadingTrivia(leading);
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

        /// <summary>Offers to replace a node.</summary>
        public void Replace(string title, SyntaxNode old, SyntaxNode replacement) => Register(
            title,
            _ => Task.FromResult(context.Document.WithSyntaxRoot(
                root.ReplaceNode(old, replacement.WithAdditionalAnnotations(Formatter.Annotation)))));

        /// <summary>Offers to remove a node together with the line it stands on.</summary>
        public void Remove(string title, SyntaxNode old) => Register(
            title,
            _ => Task.FromResult(context.Document.WithSyntaxRoot(root.RemoveNode(old, SyntaxRemoveOptions.KeepNoTrivia)!)));

        /// <summary>Offers a change of the document.</summary>
        public void Register(string title, Func<CancellationToken, Task<Document>> change) =>
            context.RegisterCodeFix(CodeAction.Create(title, change, equivalenceKey: title), diagnostic);

        /// <summary>Offers a change of several documents.</summary>
        public void Register(string title, Func<CancellationToken, Task<Solution>> change) =>
            context.RegisterCodeFix(CodeAction.Create(title, change, equivalenceKey: title), diagnostic);
    }
}
