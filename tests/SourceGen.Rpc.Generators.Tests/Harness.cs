using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using SourceGen.Rpc.Analyzers;

namespace SourceGen.Rpc.Generators.Tests;

/// <summary>Compiles contracts and runs the generator and the analyzer over them, as the compiler would.</summary>
internal static class Harness
{
    private const string GlobalUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using SourceGen.Rpc;
        """;

    private static readonly ImmutableArray<MetadataReference> Platform =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(static path => Path.GetFileName(path) is var name
                && (name.StartsWith("System.", StringComparison.Ordinal) || name == "netstandard.dll"))
            .Select(static path => MetadataReference.CreateFromFile(path)),
        MetadataReference.CreateFromFile(typeof(ServiceAttribute).Assembly.Location),
    ];

    public static CSharpParseOptions ParseOptions { get; } = new(LanguageVersion.CSharp13, DocumentationMode.Diagnose);

    public static CSharpCompilation Compile(params string[] sources) => Compile("Tests", ParseOptions, sources);

    public static CSharpCompilation Compile(string assembly, CSharpParseOptions options, params string[] sources)
    {
        IEnumerable<SyntaxTree> trees = sources.Prepend(GlobalUsings)
            .Select((source, i) => CSharpSyntaxTree.ParseText(source, options, path: $"File{i}.cs", encoding: System.Text.Encoding.UTF8));
        return CSharpCompilation.Create(assembly, trees, Platform, new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, warningLevel: 9999,
            checkOverflow: true, deterministic: true));
    }

    /// <summary>The compiled assembly, as another compilation references it.</summary>
    public static MetadataReference Emit(Compilation compilation, string? alias = null)
    {
        using MemoryStream image = new();
        Assert.Empty(compilation.Emit(image).Diagnostics.Where(static d => d.Severity == DiagnosticSeverity.Error));
        return MetadataReference.CreateFromImage(image.ToArray(), new MetadataReferenceProperties(aliases: alias is null ? [] : [alias]));
    }

    public static GeneratorDriver CreateDriver(CSharpParseOptions? options = null) => CSharpGeneratorDriver.Create(
        [new ContractGenerator().AsSourceGenerator()],
        parseOptions: options ?? ParseOptions,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    /// <summary>Runs the generator once; it must not fail, and reports nothing itself.</summary>
    public static (GeneratorRunResult Result, Compilation Output) Generate(CSharpCompilation compilation)
    {
        CSharpParseOptions options = (CSharpParseOptions)compilation.SyntaxTrees[0].Options;
        GeneratorDriver driver = CreateDriver(options).RunGeneratorsAndUpdateCompilation(compilation, out Compilation output, out _);
        GeneratorRunResult result = driver.GetRunResult().Results.Single();
        Assert.Null(result.Exception);
        Assert.Empty(result.Diagnostics);
        return (result, output);
    }

    public static async Task<ImmutableArray<Diagnostic>> AnalyzeAsync(Compilation compilation)
    {
        // A throwing analyzer would otherwise be one more diagnostic.
        CompilationWithAnalyzersOptions options = new(
            new AnalyzerOptions([]), onAnalyzerException: null, concurrentAnalysis: true, logAnalyzerExecutionTime: false,
            reportSuppressedDiagnostics: false, analyzerExceptionFilter: static _ => false);
        ImmutableArray<Diagnostic> diagnostics = await compilation.WithAnalyzers([new ContractAnalyzer()],
            options).GetAnalyzerDiagnosticsAsync();
        return [.. diagnostics.OrderBy(static d => d.Location.SourceSpan.Start).ThenBy(static d => d.Id, StringComparer.Ordinal)];
    }

    /// <summary>What a build with warnings as errors would stop at, other than missing documentation of the test's own contracts.</summary>
    public static IEnumerable<Diagnostic> Problems(Compilation compilation) => compilation.GetDiagnostics()
        .Where(static d => d.Severity >= DiagnosticSeverity.Warning)
        .Where(static d => d.Id != "CS1591" || !IsInput(d));

    private static bool IsInput(Diagnostic diagnostic) =>
        diagnostic.Location.SourceTree?.FilePath.StartsWith("File", StringComparison.Ordinal) ?? false;
}
