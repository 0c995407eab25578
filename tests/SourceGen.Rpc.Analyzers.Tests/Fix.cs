using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using SourceGen.Rpc.CodeFixes;

namespace SourceGen.Rpc.Analyzers.Tests;

/// <summary>Applies fixes as an editor does, to one diagnostic or to all of a document.</summary>
internal static class Fix
{
    /// <summary>Every provider of the package.</summary>
    public static IReadOnlyList<CodeFixProvider> Providers { get; } =
    [
        .. typeof(ContractsLockCodeFix).Assembly.GetTypes()
            .Where(static t => !t.IsAbstract && t.IsSubclassOf(typeof(CodeFixProvider)))
            .OrderBy(static t => t.Name, StringComparer.Ordinal)
            .Select(static t => (CodeFixProvider)Activator.CreateInstance(t)!),
    ];

    /// <summary>Fixes the first diagnostic with an id, checks that the source is then as expected, and that it compiles.</summary>
    public static async Task AppliesAsync(
        string id, string source, string expected, string? title = null, bool compiles = true)
    {
        Project project = Workbench.CreateProject(source);
        Diagnostic diagnostic = (await Workbench.AnalyzeAsync(project)).First(d => d.Id == id);
        CodeAction action = Choose(await OfferedAsync(project, diagnostic), title);
        await CheckAsync(id, await ChangedAsync(action, project.Solution), project.Id, expected, compiles, allFixed: false);
    }

    /// <summary>Fixes all diagnostics of the document with an id, checks the source, and that none is left.</summary>
    public static async Task AppliesToAllAsync(string id, string source, string expected, string? title = null, bool compiles = true)
    {
        Project project = Workbench.CreateProject(source);
        ImmutableArray<Diagnostic> diagnostics = [.. (await Workbench.AnalyzeAsync(project)).Where(d => d.Id == id)];
        Assert.True(diagnostics.Length > 1, "Fixing all is about more than one.");
        CodeFixProvider provider = Providers.First(p => p.FixableDiagnosticIds.Contains(id));
        CodeAction first = Choose(await OfferedAsync(project, diagnostics[0]), title);
        FixAllContext context = new(
            Workbench.Document(project), provider, FixAllScope.Document, first.EquivalenceKey, [id], new Known(diagnostics),
            CancellationToken.None);
        CodeAction? all = await provider.GetFixAllProvider()!.GetFixAsync(context);
        Assert.NotNull(all);
        await CheckAsync(id, await ChangedAsync(all, project.Solution), project.Id, expected, compiles, allFixed: true);
    }

    /// <summary>No fix is offered for the first diagnostic with an id.</summary>
    public static async Task IsNotOfferedAsync(string id, string source)
    {
        Project project = Workbench.CreateProject(source);
        Diagnostic diagnostic = (await Workbench.AnalyzeAsync(project)).First(d => d.Id == id);
        Assert.Empty(await OfferedAsync(project, diagnostic));
    }

    /// <summary>Everything that is offered for a diagnostic.</summary>
    public static async Task<IReadOnlyList<CodeAction>> OfferedAsync(Project project, Diagnostic diagnostic)
    {
        List<CodeAction> actions = [];
        foreach (CodeFixProvider provider in Providers.Where(p => p.FixableDiagnosticIds.Contains(diagnostic.Id)))
        {
            CodeFixContext context = new(
                Workbench.Document(project), diagnostic, (action, _) => actions.Add(action), CancellationToken.None);
            await provider.RegisterCodeFixesAsync(context);
        }

        return actions;
    }

    public static async Task<Solution> ChangedAsync(CodeAction action, Solution solution)
    {
        ImmutableArray<CodeActionOperation> operations = await action.GetOperationsAsync(solution, null!, CancellationToken.None);
        return operations.OfType<ApplyChangesOperation>().Single().ChangedSolution;
    }

    private static CodeAction Choose(IReadOnlyList<CodeAction> actions, string? title) => title is null
        ? Assert.Single(actions)
        : actions.FirstOrDefault(a => a.Title == title)
            ?? throw new InvalidOperationException($"Offered: {string.Join("; ", actions.Select(static a => a.Title))}");

    private static async Task CheckAsync(string id, Solution changed, ProjectId projectId, string expected, bool compiles, bool allFixed)
    {
        Project project = Workbench.WithGenerated(changed.GetProject(projectId)!);
        Assert.Equal(expected, (await Workbench.Document(project).GetTextAsync()).ToString().ReplaceLineEndings("\n"));
        if (compiles) Assert.Empty(await Workbench.CompilerErrorsAsync(project));
        if (allFixed) Assert.DoesNotContain(await Workbench.AnalyzeAsync(project), d => d.Id == id);
    }

    private sealed class Known(ImmutableArray<Diagnostic> diagnostics) : FixAllContext.DiagnosticProvider
    {
        public override Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>(diagnostics);

        public override Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>(diagnostics);

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>([]);
    }
}
