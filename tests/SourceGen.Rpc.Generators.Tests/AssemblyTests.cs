using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace SourceGen.Rpc.Generators.Tests;

/// <summary>Contracts that use what other assemblies declare.</summary>
public class AssemblyTests
{
    private const string Library = """
        using System.Runtime.CompilerServices;
        [assembly: InternalsVisibleTo("My_App")]
        [assembly: InternalsVisibleTo("My.App2")]
        namespace Library;
        [Service] public partial interface ILibrary { ValueTask<Item> GetAsync(Item item); }
        public sealed record Item(string Name, Inner? Inner) { public int Count { get; init; } = 3; }
        public record struct Inner([property: Key(0)] int Id);
        internal sealed record Hidden(int A);
        """;

    [Fact]
    public async Task TypesAndServicesOfAnotherAssembly_GetSerializersInThisOne()
    {
        (GeneratorRunResult result, Compilation output) = Harness.Generate(WithLibrary("My_App", """
            namespace App;
            [Service] internal partial interface IApp : Library.ILibrary { ValueTask<Library.Item> OwnAsync(Library.Hidden hidden); }
            """));

        Assert.Empty(Harness.Problems(output));
        Assert.Empty(await Harness.AnalyzeAsync(output));
        string source = Assert.Single(result.GeneratedSources).SourceText.ToString();
        Assert.Contains(" Read_Library_Item(", source, StringComparison.Ordinal);
        Assert.Contains("method Get(item: \"Library.Item\") -> \"Library.Item\"", source, StringComparison.Ordinal);
    }

    [Fact]
    public void AssembliesWithSimilarNames_GetNamespacesOfTheirOwn()
    {
        string[] names = ["My.App", "My_App", "My-App", "my.app", "1st", "Größe", "Grösse"];

        string[] namespaces = [.. names.Select(static name => Namespace(name))];

        Assert.Equal("SourceGen.Rpc.Generated.My_App", namespaces[0]);
        Assert.Equal(names.Length, namespaces.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task TypeWhoseNameTwoAssembliesHave_IsReported()
    {
        MetadataReference twin = Harness.Emit(Harness.Compile("Twin", Harness.ParseOptions,
            "namespace Library; public record Item(int Other);"), "twin");
        CSharpCompilation compilation = WithLibrary("My.App2", """
            extern alias twin;
            namespace App;
            [Service] public partial interface IApp { ValueTask GetAsync(twin::Library.Item item); }
            """).AddReferences(twin);

        (GeneratorRunResult result, Compilation output) = Harness.Generate(compilation);

        Assert.Empty(result.GeneratedSources);
        Assert.Equal(["SGR0016"], (await Harness.AnalyzeAsync(output)).Select(static d => d.Id));
    }

    [Fact]
    public async Task TypeInternalToAnotherAssembly_IsReported()
    {
        MetadataReference library = Harness.Emit(Harness.Compile("Closed", Harness.ParseOptions, """
            namespace Closed;
            public sealed class Item { public Outer.Open Value { get; set; } = new(); }
            public class Outer { public class Open { internal Open() { } public int A { get; set; } } }
            """));
        CSharpCompilation compilation = Harness
            .Compile("[Service] public partial interface IApp { ValueTask GetAsync(Closed.Item item); }")
            .AddReferences(library);

        (GeneratorRunResult result, Compilation output) = Harness.Generate(compilation);

        Assert.Empty(result.GeneratedSources);
        Diagnostic diagnostic = Assert.Single(await Harness.AnalyzeAsync(output));
        Assert.Equal("SGR0017", diagnostic.Id);
        Assert.True(diagnostic.Location.IsInSource);
        Assert.StartsWith("IApp.GetAsync parameter item: Item.Value: type 'Open'",
            diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    private static CSharpCompilation WithLibrary(string assembly, string source)
    {
        (_, Compilation library) = Harness.Generate(Harness.Compile("My.App", Harness.ParseOptions, Library));
        return Harness.Compile(assembly, Harness.ParseOptions, source).AddReferences(Harness.Emit(library));
    }

    private static string Namespace(string assembly)
    {
        (GeneratorRunResult result, Compilation output) = Harness.Generate(Harness.Compile(assembly, Harness.ParseOptions,
            "[Service] public partial interface IA;"));
        Assert.Empty(Harness.Problems(output));
        return result.GeneratedSources.Single().SourceText.Lines.Select(static l => l.ToString())
            .Single(static l => l.StartsWith("namespace ", StringComparison.Ordinal))["namespace ".Length..];
    }
}
