using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using SourceGen.Rpc.CodeFixes;
using SourceGen.Rpc.Generators.Tests;

namespace SourceGen.Rpc.ContractLock.Tests;

/// <summary>What an editor offers.</summary>
public sealed class CodeFixTests
{
    private const string Old = """[Service(Name = "A")] public partial interface IA { ValueTask M(int a); ValueTask N(int a); }""";

    private static readonly string OldLock = LockProject.Of(Old).Write();

    [Fact]
    public async Task A_project_without_a_lock_gets_one_beside_it()
    {
        using AdhocWorkspace workspace = new();
        Project project = Create(workspace, Old, existing: null);

        (CodeAction action, Project after) = Assert.Single(await FixAsync(project, Old, existing: null));

        Assert.Equal("Lock the contracts of this project in contracts.lock.json", action.Title);
        TextDocument document = Assert.Single(after.AdditionalDocuments);
        Assert.Equal("/repository/project/contracts.lock.json", document.FilePath);
        Assert.Equal(OldLock, (await document.GetTextAsync()).ToString());
    }

    [Fact]
    public async Task A_compatible_change_is_written_into_the_lock()
    {
        string now = Old.Edit("M(int a)", "M(int a, int b = 0)");
        using AdhocWorkspace workspace = new();

        (CodeAction action, Project after) = Assert.Single(await FixAsync(Create(workspace, now, OldLock), now, OldLock));

        Assert.Equal("Update contracts.lock.json", action.Title);
        Assert.Equal(LockProject.Of(now).Write(), (await after.AdditionalDocuments.Single().GetTextAsync()).ToString());
    }

    [Fact]
    public async Task A_breaking_change_is_accepted_and_that_stands_in_the_lock()
    {
        string now = Old.Edit("M(int a)", "M(bool a)");
        using AdhocWorkspace workspace = new();

        (CodeAction action, Project after) = Assert.Single(await FixAsync(Create(workspace, now, OldLock), now, OldLock));

        Assert.Equal("Accept the breaking change in contracts.lock.json", action.Title);
        string text = (await after.AdditionalDocuments.Single().GetTextAsync()).ToString();
        Assert.Contains(
            "\"A/M parameter 'a' was int32 and is bool: breaks old clients and old servers. no reason given\"", text,
            StringComparison.Ordinal);
        Assert.Empty(await LockProject.Of(now, text).PrintAsync());
    }

    [Fact]
    public async Task Beside_a_breaking_change_a_compatible_one_offers_no_way_around_it()
    {
        string now = Old.Edit("M(int a)", "M(int x)")
            .Edit("N(int a)", "N(bool a)");
        using AdhocWorkspace workspace = new();

        (CodeAction action, _) = Assert.Single(await FixAsync(Create(workspace, now, OldLock), now, OldLock));

        Assert.StartsWith("Accept the breaking change", action.Title, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_title_says_how_much_is_accepted()
    {
        string now = Old.Edit("int a", "bool a");
        using AdhocWorkspace workspace = new();

        List<(CodeAction Action, Project)> fixes = await FixAsync(Create(workspace, now, OldLock), now, OldLock);

        Assert.Equal(2, fixes.Count);
        Assert.All(fixes, static fix => Assert.Equal("Accept all 2 breaking changes in contracts.lock.json", fix.Action.Title));
    }

    [Theory]
    [InlineData("{", "M(bool a)")]
    [InlineData(null, "M(object a)")]
    public async Task What_cannot_be_read_is_not_fixed(string? existing, string method)
    {
        string now = Old.Edit("M(int a)", method);
        using AdhocWorkspace workspace = new();

        Assert.Empty(await FixAsync(Create(workspace, now, existing), now, existing));
    }

    private static Project Create(AdhocWorkspace workspace, string source, string? existing)
    {
        CSharpCompilation compilation = Harness.Compile(source);
        ProjectInfo info = ProjectInfo.Create(
            ProjectId.CreateNewId(), VersionStamp.Default, "Tests", "Tests", LanguageNames.CSharp, "/repository/project/Tests.csproj",
            compilationOptions: compilation.Options, parseOptions: Harness.ParseOptions, metadataReferences: compilation.References);
        Project project = workspace.AddProject(info);
        foreach (SyntaxTree tree in compilation.SyntaxTrees)
            project = project.AddDocument(tree.FilePath, tree.ToString(), filePath: tree.FilePath).Project;
        return existing is null
            ? project
            : project.AddAdditionalDocument("contracts.lock.json", existing, filePath: "/project0/contracts.lock.json").Project;
    }

    /// <summary>The fixes of every diagnostic, and the project that each leads to.</summary>
    private static async Task<List<(CodeAction Action, Project After)>> FixAsync(Project project, string source, string? existing)
    {
        List<(CodeAction, Project)> fixes = [];
        foreach (Diagnostic diagnostic in await LockProject.Of(source, existing is null ? [] : [existing]).AnalyzeAsync())
        {
            if (!diagnostic.Location.IsInSource) continue;
            Document document = project.Documents.Single(d => d.Name == diagnostic.Location.SourceTree!.FilePath);
            List<CodeAction> actions = [];
            await new ContractsLockCodeFix().RegisterCodeFixesAsync(new CodeFixContext(
                document, diagnostic, (action, _) => actions.Add(action), CancellationToken.None));
            foreach (CodeAction action in actions)
            {
                IEnumerable<CodeActionOperation> operations = await action.GetOperationsAsync(CancellationToken.None);
                ApplyChangesOperation change = operations.OfType<ApplyChangesOperation>().Single();
                fixes.Add((action, change.ChangedSolution.GetProject(project.Id)!));
            }
        }

        return fixes;
    }
}
