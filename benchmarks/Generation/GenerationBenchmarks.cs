using System.Text;
using BenchmarkDotNet.Attributes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using SourceGen.Rpc.Generators;

namespace SourceGen.Rpc.Benchmarks.Generation;

/// <summary>
/// What the generator costs: once in a build, and in an editor at every key pressed in a file without contracts, or in one with them.
/// </summary>
[MemoryDiagnoser]
public class GenerationBenchmarks
{
    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.CSharp13);

    private MetadataReference[] _references = null!;
    private CSharpCompilation _compilation = null!;
    private CSharpCompilation[] _edits = null!;
    private GeneratorDriver _warm = null!;
    private int _edit;

    /// <summary>Services, each with five methods and five types of its own (one of them a closed generic type).</summary>
    [Params(1, 100, 1000)]
    public int Services { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _references = [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(static path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal))
            .Append(typeof(ServiceAttribute).Assembly.Location)
            .Select(static path => MetadataReference.CreateFromFile(path))];
        Compile();
        SyntaxTree unrelated = _compilation.SyntaxTrees[^1];
        _edits = [.. Enumerable.Range(1, 2).Select(i => _compilation.ReplaceSyntaxTree(unrelated, Parse(Unrelated(i), "Unrelated.cs")))];
        _warm = CreateDriver().RunGenerators(_compilation);
        if (_warm.GetRunResult().GeneratedTrees.Length < Services)
            throw new InvalidOperationException("A service of the benchmark is not valid.");
    }

    /// <summary>A compilation remembers its symbols, which the generator has to ask it for: a build has to find them first.</summary>
    [IterationSetup(Target = nameof(Build))]
    public void Compile()
    {
        IEnumerable<SyntaxTree> services = Enumerable.Range(0, Services).Select(static i => Parse(Service(i), $"Service{i}.cs"));
        _compilation = CSharpCompilation.Create(
            "Benchmark", [.. services, Parse(Shared, "Shared.cs"), Parse(Unrelated(0), "Unrelated.cs")], _references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
    }

    /// <summary>Another method of the first service; also that was never compiled before.</summary>
    [IterationSetup(Target = nameof(EditOfAService))]
    public void EditService()
    {
        SyntaxTree service = _compilation.SyntaxTrees[0];
        string text = Service(0).Replace("GetAsync", $"Get{_edit++}Async", StringComparison.Ordinal);
        _compilation = _compilation.ReplaceSyntaxTree(service, Parse(text, service.FilePath));
    }

    [Benchmark]
    public GeneratorDriver Build() => CreateDriver().RunGenerators(_compilation);

    [Benchmark]
    public GeneratorDriver UnrelatedEdit() => _warm = _warm.RunGenerators(_edits[_edit++ % _edits.Length]);

    [Benchmark]
    public GeneratorDriver EditOfAService() => _warm = _warm.RunGenerators(_compilation);

    private static GeneratorDriver CreateDriver() =>
        CSharpGeneratorDriver.Create([new ContractGenerator().AsSourceGenerator()], parseOptions: ParseOptions);

    private static SyntaxTree Parse(string text, string path) => CSharpSyntaxTree.ParseText(text, ParseOptions, path, Encoding.UTF8);

    private static string Unrelated(int i) => $"namespace Unrelated; public class C {{ public int F() => {i}; }}";

    private const string Shared = """
        namespace Shared;
        public sealed record Money(decimal Amount, string Currency);
        public sealed record Page<T>(System.Collections.Generic.List<T> Items, int Total);
        """;

    private static string Service(int i) => $$"""
        using System;
        using System.Collections.Generic;
        using System.Threading;
        using System.Threading.Tasks;
        using Shared;
        using SourceGen.Rpc;

        namespace Services.S{{i}};

        [Service]
        public partial interface IOrders
        {
            ValueTask<Order> GetAsync(Guid id, CancellationToken ct = default);
            ValueTask<Page<Order>> ListAsync(int skip = 0, int take = 50, CancellationToken ct = default);
            ValueTask AddAsync(Order order, CancellationToken ct = default);
            [OneWay] ValueTask TouchAsync(Guid id);
            Task<Dictionary<string, Money>> TotalsAsync(DateTime from, DateTime? to);
        }

        public sealed record Order(Guid Id, Customer Customer, List<Line> Lines, Money Total, State State);
        public sealed record Line(string Product, int Count, Money Price);
        public sealed record Customer(string Name, string? Email, List<string> Tags);
        public enum State { Open, Paid, Sent }
        """;
}
