using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using SourceGen.Rpc.Analyzers;

namespace SourceGen.Rpc.Generators.Tests;

public class InvalidContractTests
{
    public static TheoryData<string> Names => ContractFiles.Invalid;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task InvalidContract_IsReported_AndNothingIsGeneratedForIt(string name)
    {
        CSharpCompilation compilation = Compile(ContractFiles.ReadInvalid(name));
        (GeneratorRunResult result, Compilation output) = Harness.Generate(compilation);
        ImmutableArray<Diagnostic> diagnostics = await Harness.AnalyzeAsync(output);

        Assert.Contains(diagnostics, d => d.Id == name[..7]);
        Assert.DoesNotContain(diagnostics, d => d.Id == "SGR0026");
        Assert.All(diagnostics, static d => Assert.True(d.Location.IsInSource));
        Assert.Empty(await SilentlySkipped(output, diagnostics));

        // Whatever is generated for other, valid contracts of the file adds no error of the compiler's own.
        Assert.Equal(Errors(compilation), Errors(output));
        Approved.Verify("Invalid." + name, Print(diagnostics, result));
    }

    [Fact]
    public async Task LanguageVersionBelow13_IsReported_AndNothingIsGenerated()
    {
        CSharpCompilation compilation = Harness.Compile(
            "Tests",
            Harness.ParseOptions.WithLanguageVersion(LanguageVersion.CSharp12),
            "[Service] public partial interface IGreeter { ValueTask A(); }");

        (GeneratorRunResult result, Compilation output) = Harness.Generate(compilation);

        Assert.Empty(result.GeneratedSources);
        Assert.Equal(["SGR0025"], (await Harness.AnalyzeAsync(output)).Select(static d => d.Id));
    }

    [Fact]
    public async Task ValidContractWithoutGeneratedCode_IsReported()
    {
        CSharpCompilation withoutGenerator = Harness.Compile("[Service] public partial interface IGreeter { ValueTask A(); }");

        Assert.Equal(["SGR0026"], (await Harness.AnalyzeAsync(withoutGenerator)).Select(static d => d.Id));
    }

    [Fact]
    public async Task TypeTheCompilerDoesNotKnow_IsLeftToTheCompiler_AndNothingIsGenerated()
    {
        CSharpCompilation compilation = Harness.Compile("[Service] public partial interface IGreeter { ValueTask A(Missing missing); }");

        (GeneratorRunResult result, Compilation output) = Harness.Generate(compilation);

        Assert.Empty(result.GeneratedSources);
        Assert.Empty(await Harness.AnalyzeAsync(output));
        Assert.Equal(["CS0246"], Errors(output));
    }

    [Fact]
    public void EveryDiagnostic_HasATestAPageAndALineInTheLedger()
    {
        string root = Path.GetFullPath(Path.Combine(ContractFiles.ProjectDirectory, "..", ".."));
        string ledger = File.ReadAllText(Path.Combine(root, "Analyzers", "SourceGen.Rpc.Analyzers", "AnalyzerReleases.Unshipped.md"));
        string[] tested = [.. ContractFiles.InvalidNames.Select(static n => n[..7]), "SGR0025", "SGR0026"];
        foreach (DiagnosticDescriptor descriptor in new ContractAnalyzer().SupportedDiagnostics)
        {
            string page = File.ReadAllText(Path.Combine(root, "docs", "diagnostics", descriptor.Id + ".md"));
            string heading = $"# {descriptor.Id}: {descriptor.Title.ToString(CultureInfo.InvariantCulture)}\n";
            Assert.StartsWith(heading, page, StringComparison.Ordinal);
            Assert.EndsWith($"/docs/diagnostics/{descriptor.Id}.md", descriptor.HelpLinkUri, StringComparison.Ordinal);
            Assert.Contains(descriptor.Id, ledger, StringComparison.Ordinal);
            Assert.Contains(descriptor.Id, tested);
        }
    }

    /// <summary>The services that were neither completed nor have a diagnostic of their own.</summary>
    private static async Task<IEnumerable<string>> SilentlySkipped(Compilation output, ImmutableArray<Diagnostic> diagnostics)
    {
        List<string> skipped = [];
        foreach (SyntaxTree tree in output.SyntaxTrees.Where(static t => t.FilePath == "File1.cs"))
        {
            SemanticModel model = output.GetSemanticModel(tree);
            foreach (SyntaxNode node in (await tree.GetRootAsync()).DescendantNodes())
            {
                if (model.GetDeclaredSymbol(node) is not INamedTypeSymbol { TypeKind: TypeKind.Interface } type) continue;
                if (!type.GetAttributes().Any(static a => a.AttributeClass?.Name is nameof(ServiceAttribute) or nameof(TopicAttribute))) continue;
                bool isGenerated = type.AllInterfaces.Any(i => i.Name is "IRpcContract" or "ITopicContract"
                    && SymbolEqualityComparer.Default.Equals(i.TypeArguments[0], type));
                bool isReported = diagnostics.Any(d =>
                    d.GetMessage(CultureInfo.InvariantCulture).Contains(type.Name, StringComparison.Ordinal));
                if (!isGenerated && !isReported) skipped.Add(type.Name);
            }
        }

        return skipped;
    }

    private static CSharpCompilation Compile(string source)
    {
        CSharpCompilation compilation = Harness.Compile(source);
        return compilation.WithOptions(compilation.Options.WithAllowUnsafe(true));
    }

    private static IEnumerable<string> Errors(Compilation compilation) => compilation.GetDiagnostics()
        .Where(static d => d.Severity == DiagnosticSeverity.Error).Select(static d => d.Id).Order(StringComparer.Ordinal);

    private static string Print(ImmutableArray<Diagnostic> diagnostics, GeneratorRunResult result)
    {
        StringBuilder text = new();
        foreach (Diagnostic diagnostic in diagnostics)
            text.Append(diagnostic.ToString()).Append('\n');
        foreach (GeneratedSourceResult source in result.GeneratedSources) text.Append("generated ").Append(source.HintName).Append('\n');
        return text.ToString();
    }
}
