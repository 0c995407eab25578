using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Microsoft.Extensions.DependencyInjection;
using SourceGen.Rpc.Analyzers.Usage;
using SourceGen.Rpc.Generators;
using SourceGen.Rpc.Hosting;

namespace SourceGen.Rpc.Analyzers.Tests;

/// <summary>
/// Projects in memory that reference the engine and hosting, with the generator's output, and the analyzers run over them.
/// </summary>
internal static class Workbench
{
    /// <summary>The document that a test's source becomes.</summary>
    public const string FileName = "Program.cs";

    private const string GlobalUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Microsoft.Extensions.DependencyInjection;
        global using SourceGen.Rpc;
        global using SourceGen.Rpc.Hosting;
        """;

    /// <summary>The contract and the implementation that the rules' tests use.</summary>
    private const string Shared = """
        [Service]
        public partial interface IGreeter
        {
            ValueTask<int> AddAsync(int a, int b = 0, CancellationToken ct = default);
            Task<string> NameAsync(int id, CancellationToken ct = default);
            Task ResetAsync(CancellationToken ct = default);
            [OneWay] ValueTask LogAsync(string line);
            IAsyncEnumerable<int> TicksAsync(int count, CancellationToken ct = default);
            ValueTask<IEnumerable<int>> ListAsync(CancellationToken ct = default);
        }

        [Service]
        public partial interface IOther
        {
            ValueTask OtherAsync(CancellationToken ct = default);
        }

        public interface INoService
        {
            ValueTask<int> AddAsync(int a, CancellationToken ct = default);
            void Plain();
        }

        public abstract class GreeterBase : IGreeter
        {
            public virtual ValueTask<int> AddAsync(int a, int b, CancellationToken ct) => new(a + b);
            public virtual Task<string> NameAsync(int id, CancellationToken ct) => Task.FromResult("");
            public virtual Task ResetAsync(CancellationToken ct) => Task.CompletedTask;
            public virtual ValueTask LogAsync(string line) => default;
            public virtual IAsyncEnumerable<int> TicksAsync(int count, CancellationToken ct) => throw new NotSupportedException();
            public virtual ValueTask<IEnumerable<int>> ListAsync(CancellationToken ct) => new([1]);
        }
        """;

    private static readonly ImmutableArray<MetadataReference> s_platform =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(static path => Path.GetFileName(path) is var name
                && (name.StartsWith("System.", StringComparison.Ordinal) || name == "netstandard.dll"))
            .Select(static path => MetadataReference.CreateFromFile(path)),
    ];

    private static readonly ImmutableArray<MetadataReference> s_rpc =
    [
        MetadataReference.CreateFromFile(typeof(ServiceAttribute).Assembly.Location),
        MetadataReference.CreateFromFile(typeof(RpcClient).Assembly.Location),
        MetadataReference.CreateFromFile(typeof(RpcServerBuilder).Assembly.Location),
        MetadataReference.CreateFromFile(typeof(IServiceCollection).Assembly.Location),
    ];

    private static readonly CSharpParseOptions s_parseOptions = new(LanguageVersion.CSharp13, DocumentationMode.Diagnose);

    /// <summary>Every analyzer that the package brings but the lock's, which has tests of its own.</summary>
    public static ImmutableArray<DiagnosticAnalyzer> Analyzers { get; } = [new ContractAnalyzer(), new UsageAnalyzer()];

    /// <summary>A project with the source, what tests share, and what the generator makes of both.</summary>
    public static Project CreateProject(string source, bool withRpc = true, bool withShared = true)
    {
        Project project = new AdhocWorkspace().AddProject("Tests", LanguageNames.CSharp)
            .WithParseOptions(s_parseOptions)
            .WithCompilationOptions(new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true))
            .AddMetadataReferences(withRpc ? s_platform.AddRange(s_rpc) : s_platform);
        if (withRpc) project = Add(project, "Usings.cs", GlobalUsings);
        if (withRpc && withShared) project = Add(project, "Shared.cs", Shared);
        return WithGenerated(Add(project, FileName, source));
    }

    /// <summary>The project with what the generator makes of its sources now.</summary>
    public static Project WithGenerated(Project project)
    {
        foreach (Document old in project.Documents.Where(static d => d.Name.EndsWith(".g.cs", StringComparison.Ordinal)).ToArray())
            project = project.RemoveDocument(old.Id);
        Compilation compilation = project.GetCompilationAsync().GetAwaiter().GetResult()!;
        GeneratorDriver driver = CSharpGeneratorDriver.Create([new ContractGenerator().AsSourceGenerator()], parseOptions: s_parseOptions)
            .RunGenerators(compilation);
        GeneratorRunResult result = driver.GetRunResult().Results.Single();
        Assert.Null(result.Exception);
        foreach (GeneratedSourceResult generated in result.GeneratedSources)
            project = Add(project, generated.HintName, generated.SourceText.ToString());
        return project;
    }

    public static Document Document(Project project) => project.Documents.Single(static d => d.Name == FileName);

    /// <summary>What the analyzers say of the test's own source; a throwing analyzer throws here.</summary>
    public static async Task<ImmutableArray<Diagnostic>> AnalyzeAsync(
        Project project, string? property = null, Func<Compilation, Compilation>? change = null)
    {
        Compilation compilation = (await project.GetCompilationAsync())!;
        if (change is not null) compilation = change(compilation);
        CompilationWithAnalyzersOptions options = new(
            new AnalyzerOptions([], new ProjectOptions(property)), onAnalyzerException: null, concurrentAnalysis: true,
            logAnalyzerExecutionTime: false, reportSuppressedDiagnostics: false, analyzerExceptionFilter: static _ => false);
        ImmutableArray<Diagnostic> diagnostics = await compilation.WithAnalyzers(Analyzers, options).GetAnalyzerDiagnosticsAsync();
        return
        [
            .. diagnostics.Where(static d => d.Location.SourceTree?.FilePath == FileName)
                .OrderBy(static d => d.Location.SourceSpan.Start).ThenBy(static d => d.Id, StringComparer.Ordinal),
        ];
    }

    /// <summary>
    /// What the compiler finds wrong with the test's own source, so that a test does not prove something about code that is none.
    /// </summary>
    public static async Task<string[]> CompilerErrorsAsync(Project project) =>
    [
        .. (await project.GetCompilationAsync())!.GetDiagnostics()
            .Where(static d => d.Severity == DiagnosticSeverity.Error).Select(static d => d.ToString()),
    ];

    private static Project Add(Project project, string name, string source) =>
        project.AddDocument(name, SourceText.From(source, System.Text.Encoding.UTF8), filePath: name).Project;

    /// <summary>The options of a project that sets <c>SourceGenRpcAnalyzers</c>, or does not.</summary>
    private sealed class ProjectOptions(string? property) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Values(property);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;

        private sealed class Values(string? property) : AnalyzerConfigOptions
        {
            public override bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value)
            {
                value = key == AnalyzerSwitch.Property ? property : null;
                return value is not null;
            }
        }
    }
}
