using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;
using Microsoft.CodeAnalysis.FindSymbols;
using SourceGen.Rpc.Analyzers.Usage;

namespace SourceGen.Rpc.CodeFixes;

/// <summary>Adds a CancellationToken to a method of a contract and to everything in the solution that implements it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AddTokenCodeFix)), Shared]
internal sealed class AddTokenCodeFix : SyntaxCodeFix
{
    private const string Name = "cancellationToken";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [UsageDescriptors.NoCancellationToken.Id];

    /// <inheritdoc/>
    protected override void Offer(FixPlace place)
    {
        if (place.Node is not MethodDeclarationSyntax declaration) return;
        if (place.Model.GetDeclaredSymbol(declaration, place.CancellationToken) is not { } method) return;
        if (method.Parameters.Any(static p => p.Name == Name || p.IsParams)) return;
        Solution solution = place.Document.Project.Solution;
        place.Register("Add a CancellationToken", token => AddAsync(solution, method, token));
    }

    private static async Task<Solution> AddAsync(Solution solution, IMethodSymbol method, CancellationToken cancellationToken)
    {
        SolutionEditor editor = new(solution);
        IEnumerable<ISymbol> implementations =
            await SymbolFinder.FindImplementationsAsync(method, solution, cancellationToken: cancellationToken).ConfigureAwait(false);
        foreach (ISymbol symbol in implementations.Prepend(method))
        {
            foreach (SyntaxReference reference in symbol.DeclaringSyntaxReferences)
            {
                SyntaxNode node = await reference.GetSyntaxAsync(cancellationToken).ConfigureAwait(false);
                if (node is not MethodDeclarationSyntax declaration || solution.GetDocument(node.SyntaxTree) is not { } document) continue;
                if (document.FilePath is { } path && path.EndsWith(".g.cs", StringComparison.OrdinalIgnoreCase)) continue;
                DocumentEditor edited = await editor.GetDocumentEditorAsync(document.Id, cancellationToken).ConfigureAwait(false);
                edited.ReplaceNode(declaration, WithToken(declaration));
            }
        }

        return editor.GetChangedSolution();
    }

    private static MethodDeclarationSyntax WithToken(MethodDeclarationSyntax declaration)
    {
        ParameterSyntax token = SyntaxFactory.Parameter(SyntaxFactory.Identifier(Name))
            .WithType(Type("System.Threading.CancellationToken").WithTrailingTrivia(SyntaxFactory.Space));

        // A default value means nothing where a method is not called by its own name.
        if (declaration.ExplicitInterfaceSpecifier is null) token = WithDefault(token);
        if (IsAsyncIterator(declaration))
        {
            NameSyntax attribute = (NameSyntax)Type("System.Runtime.CompilerServices.EnumeratorCancellation");
            AttributeListSyntax attributes = SyntaxFactory.AttributeList(
                SyntaxFactory.SingletonSeparatedList(SyntaxFactory.Attribute(attribute)));
            token = token.WithAttributeLists(SyntaxFactory.SingletonList(attributes.WithTrailingTrivia(SyntaxFactory.Space)));
        }

        ParameterListSyntax list = declaration.ParameterList;
        return declaration.WithParameterList(list.WithParameters(Insert(list.Parameters, list.Parameters.Count, token)));
    }

    private static bool IsAsyncIterator(MethodDeclarationSyntax declaration) =>
        declaration.Modifiers.Any(SyntaxKind.AsyncKeyword)
        && declaration.ReturnType is SimpleNameSyntax { Identifier.ValueText: "IAsyncEnumerable" };
}
