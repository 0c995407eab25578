using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using SourceGen.Rpc.Analyzers;
using SourceGen.Rpc.Generators.Tests;

namespace SourceGen.Rpc.ContractLock.Tests;

/// <summary>A project with a lock, as the compiler sees it.</summary>
internal sealed class LockProject
{
    private readonly CSharpCompilation _compilation;
    private readonly ImmutableArray<AdditionalText> _files;

    private LockProject(CSharpCompilation compilation, ImmutableArray<AdditionalText> files)
    {
        _compilation = compilation;
        _files = files;
    }

    private string? Switch { get; init; }

    private string? Update { get; init; }

    private string? AcceptReason { get; init; }

    public static LockProject Of(CSharpCompilation compilation, params string[] locks) =>
        new(compilation, [.. locks.Select(static (text, i) => (AdditionalText)new TextFile($"/project{i}/contracts.lock.json", text))]);

    public static LockProject Of(string source, params string[] locks) => Of(Harness.Compile(source), locks);

    /// <summary>A project that names its lock twice, as an editor may leave it.</summary>
    public static LockProject OfSame(string source, string text)
    {
        LockProject project = Of(source, text);
        return new LockProject(project._compilation, [project._files[0], project._files[0]]);
    }

    /// <summary>A project that is built to update its lock.</summary>
    public static LockProject With(string source, string existing, string? update, string? reason) => new(
        Harness.Compile(source), Of(source, existing)._files)
    {
        Update = update,
        AcceptReason = reason,
    };

    /// <summary>The project after an edit, with the same lock.</summary>
    public LockProject Edited(CSharpCompilation compilation) => new(compilation, _files);

    /// <summary>The project with its analyzers switched.</summary>
    public LockProject Switched(string value) => new(_compilation, _files) { Switch = value };

    /// <summary>The lock that the generator gives the build; null when it gives none.</summary>
    public static string? Generated(CSharpCompilation compilation, string? existing, string update, string? reason)
    {
        LockProject project = Of(compilation, existing is null ? [] : [existing]);
        GeneratorDriver driver = CSharpGeneratorDriver.Create(
            [new Generators.ContractGenerator().AsSourceGenerator()], project._files, Harness.ParseOptions, new Options(update, reason));
        SourceText? text = driver.RunGenerators(compilation).GetRunResult().Results.Single().GeneratedSources
            .FirstOrDefault(static source => source.HintName == "contracts.lock.g.cs").SourceText;
        if (text is null) return null;
        string[] lines = text.ToString().Split('\n');
        Assert.StartsWith("#if ", lines[1], StringComparison.Ordinal);
        Assert.Equal(["#endif", ""], lines[^2..]);
        return string.Join('\n', lines[2..^2]) + "\n";
    }

    /// <summary>The lock of the contracts as they are.</summary>
    public string Write()
    {
        string? text = Generated(_compilation, existing: null, "create", reason: null);
        Assert.NotNull(text);
        return text;
    }

    public async Task<IReadOnlyList<Diagnostic>> AnalyzeAsync(DiagnosticAnalyzer? analyzer = null)
    {
        CompilationWithAnalyzersOptions options = new(
            new AnalyzerOptions(_files, new Options(Update, AcceptReason, Switch)), onAnalyzerException: null, concurrentAnalysis: true,
            logAnalyzerExecutionTime: false, reportSuppressedDiagnostics: false, analyzerExceptionFilter: static _ => false);
        ImmutableArray<Diagnostic> diagnostics = await _compilation
            .WithAnalyzers([analyzer ?? new ContractsLockAnalyzer()], options).GetAnalyzerDiagnosticsAsync();
        return [.. diagnostics.OrderBy(static d => d.Location.GetLineSpan().Path, StringComparer.Ordinal)
            .ThenBy(static d => d.Location.SourceSpan.Start).ThenBy(static d => d.Id, StringComparer.Ordinal)];
    }

    /// <summary>The diagnostics as a build prints them: place, id and message.</summary>
    public async Task<string[]> PrintAsync() => [.. (await AnalyzeAsync()).Select(Print)];

    public static string Print(Diagnostic diagnostic)
    {
        FileLinePositionSpan span = diagnostic.Location.GetLineSpan();
        string file = Path.GetFileName(span.Path);
        string message = diagnostic.GetMessage(CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{file}({span.StartLinePosition.Line + 1}): {diagnostic.Id}: {message}");
    }

    internal sealed class TextFile(string path, string text) : AdditionalText
    {
        private readonly SourceText _text = SourceText.From(text, Encoding.UTF8);

        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => _text;
    }

    private sealed class Options(string? update, string? reason, string? all = null) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Values(update, reason, all);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;

        private sealed class Values(string? update, string? reason, string? all) : AnalyzerConfigOptions
        {
            public override bool TryGetValue(string key, [NotNullWhen(true)] out string? value)
            {
                value = key switch
                {
                    "build_property.UpdateContractsLock" => update,
                    "build_property.SourceGenRpcAnalyzers" => all,
                    "build_property.SourceGenRpcAcceptReason" when reason is not null =>
                        Convert.ToBase64String(Encoding.UTF8.GetBytes(reason)),
                    _ => null,
                };
                return value is not null;
            }
        }
    }
}
