using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace SourceGen.Rpc.Generators.Tests;

public class IncrementalTests
{
    private const string First = """
        namespace A;
        [Service]
        public partial interface IFirst { ValueTask<Item> M(Item item, List<int> numbers); }
        public record Item(int Id, List<int> Numbers);
        """;

    private const string Second = """
        namespace B;
        [Service]
        public partial interface ISecond { ValueTask<A.Item> M(Other other); }
        public record Other(string Name);
        """;

    private const string Third = """
        namespace C;
        [Service]
        public partial interface IThird { ValueTask<List<int>> M(Own own); }
        public record Own(string Name);
        """;

    private const string Unrelated = "namespace C; public class Unrelated { public int F() => 1; }";

    private static readonly IncrementalStepRunReason[] Reused = [IncrementalStepRunReason.Cached, IncrementalStepRunReason.Unchanged];
    private static readonly string[] Steps = [TrackingNames.AllServices, TrackingNames.Services];

    [Fact]
    public void UnrelatedEdit_ReusesEveryStep()
    {
        CSharpCompilation before = Harness.Compile(First, Second, Unrelated);
        GeneratorRunResult result = RunTwice(before, Edit(before, 3, Unrelated.Replace("1", "2", StringComparison.Ordinal)));

        foreach (string step in Steps)
            Assert.All(Reasons(result.TrackedSteps[step]), static r => Assert.Contains(r, Reused));
        Assert.All(Reasons(Outputs(result)), static r => Assert.Equal(IncrementalStepRunReason.Cached, r));
    }

    [Fact]
    public void EditInABody_DoesNotReadTheContractsAgain()
    {
        const string Code = """
            namespace D;
            public class Code
            {
                public int F() { return 1; }
                public int G() => 1;
                public int H { get { return 1; } set => F(); }
            }
            """;
        CSharpCompilation before = Harness.Compile(First, Second, Code);
        ServiceFinder finder = new();
        object first = Find(before);

        Assert.Same(first, Find(Edit(before, 3, Code.Replace("1", "12 + 3", StringComparison.Ordinal))));
        Assert.NotSame(first, Find(Edit(before, 3, Code.Replace("int F", "long F", StringComparison.Ordinal))));

        object Find(CSharpCompilation compilation) => finder.FindAll(compilation, CancellationToken.None)[0];
    }

    [Theory]
    [InlineData("Count = 3", "Count = 4")]
    [InlineData("= Limits.Count", "= Limits.More")]
    [InlineData("int count = Limits.Count", "int count")]
    [InlineData("Red = 1", "Red = 2")]
    [InlineData("string Name", "string? Name")]
    [InlineData("Name) { ", "Name) { public int Size { get; set; } ")]
    [InlineData("[property: Key(0)] ", "[property: Key(2)] ")]
    [InlineData("/* body */", "\n#nullable disable\n")]
    [InlineData("/* after */", "\n#nullable disable\n")]
    [InlineData("[Service]", "")]
    [InlineData("public partial interface", "public interface")]
    [InlineData("[Service]", "[Topic(\"things\")]")]
    [InlineData("[Topic(\"events\")]", "[Topic(\"others\")]")]
    [InlineData("[Topic(\"events\")]", "[Topic(\"events\", Version = \"2\")]")]
    [InlineData("[Topic(\"events\")]", "")]
    [InlineData("[HashKey] ", "")]
    [InlineData("ValueTask Changed", "Task Changed")]
    [InlineData("namespace N", "namespace M")]
    public void WhateverIsEdited_TheOutputIsThatOfAFreshBuild(string part, string instead)
    {
        const string Code = """
            namespace N;
            public static class Limits { public const int Count = 3; public const int More = 5; public static int F() { /* body */ return Count; } }
            /* after */
            public enum Color { Red = 1 }
            public record Item([property: Key(0)] Color Color, [property: Key(1)] string Name) { public string Text() => Name; }
            [Service]
            public partial interface IThings { ValueTask<Item> M(Item item, int count = Limits.Count); }
            [Topic("events")]
            public partial interface IEvents { ValueTask Changed([HashKey] int id, Item item); }
            """;
        Assert.Contains(part, Code, StringComparison.Ordinal);
        CSharpCompilation before = Harness.Compile(First, Code);
        CSharpCompilation after = Edit(before, 2, Code.Replace(part, instead, StringComparison.Ordinal));

        AssertSameAsFresh(Harness.CreateDriver().RunGenerators(before), after);
    }

    [Fact]
    public void ChangesOfReferencesAndOptions_AreSeen()
    {
        CSharpCompilation library = CSharpCompilation.Create("Library", [Parse("namespace L; public record Shared(int A);")],
            Harness.Compile(First).References, Harness.Compile(First).Options);
        CSharpCompilation before = Harness.Compile(
            "namespace U; [Service] public partial interface IUser { ValueTask M(L.Shared shared); }").AddReferences(library.ToMetadataReference());
        GeneratorDriver driver = Harness.CreateDriver().RunGenerators(before);
        CSharpCompilation changed = library.ReplaceSyntaxTree(
            library.SyntaxTrees[0], Parse("namespace L; public record Shared(int A, int B);"));

        AssertSameAsFresh(driver, before.ReplaceReference(before.References.Last(), changed.ToMetadataReference()));
        AssertSameAsFresh(driver, before.WithOptions(before.Options.WithNullableContextOptions(NullableContextOptions.Disable)));
        AssertSameAsFresh(driver, before.WithAssemblyName("Other"));

        static SyntaxTree Parse(string text) => CSharpSyntaxTree.ParseText(text, Harness.ParseOptions);
    }

    [Fact]
    public void EditInsideAServiceFileThatChangesNoContract_ReusesEveryOutput()
    {
        CSharpCompilation before = Harness.Compile(First, Second);
        GeneratorRunResult result = RunTwice(before, Edit(before, 1, "// A comment moves every location.\n" + First));

        Assert.All(Reasons(Outputs(result)), static r => Assert.Equal(IncrementalStepRunReason.Cached, r));
    }

    [Fact]
    public void TopicsAreFoundAndReusedAsServicesAre()
    {
        const string Events = "namespace Z; [Topic(\"z\")] public partial interface IZ { ValueTask M(A.Item item); }";
        CSharpCompilation before = Harness.Compile(First, Events, Unrelated);
        Assert.Equal(2, Harness.Generate(before).Result.GeneratedSources.Length);

        GeneratorRunResult elsewhere = RunTwice(before, Edit(before, 3, Unrelated.Replace("1", "2", StringComparison.Ordinal)));
        GeneratorRunResult renamed = RunTwice(before, Edit(before, 2, Events.Replace("\"z\"", "\"y\"", StringComparison.Ordinal)));

        AssertEmitted(elsewhere, false, false);
        AssertEmitted(renamed, false, true);
    }

    [Fact]
    public void EditOfOneService_EmitsThatServiceOnly()
    {
        CSharpCompilation before = Harness.Compile(First, Second, Third);
        GeneratorRunResult result = RunTwice(before, Edit(before, 2, Second.Replace("other)", "renamed)", StringComparison.Ordinal)));

        AssertEmitted(result, false, true, false);
    }

    [Fact]
    public void EditOfOneType_EmitsTheServicesThatUseIt()
    {
        CSharpCompilation before = Harness.Compile(First, Second, Third);

        CSharpCompilation ownType = Edit(before, 2, Second.Replace("string Name", "string Title", StringComparison.Ordinal));
        AssertEmitted(RunTwice(before, ownType), false, true, false);

        CSharpCompilation sharedType = Edit(before, 1, First.Replace("int Id", "long Id", StringComparison.Ordinal));
        AssertEmitted(RunTwice(before, sharedType), true, true, false);
    }

    [Fact]
    public void EditOfHowASharedTypeIsMade_EmitsTheServiceThatOwnsIt()
    {
        string settable = First.Replace(
            "Item(int Id, List<int> Numbers);", "Item { public int Id { get; set; } }", StringComparison.Ordinal);
        CSharpCompilation before = Harness.Compile(settable, Second, Third);

        AssertEmitted(RunTwice(before, Edit(before, 1, settable.Replace("set;", "init;", StringComparison.Ordinal))), true, false, false);
    }

    [Fact]
    public void TypeSharedByServices_IsEmittedOnce_WithTheFirstOfThem()
    {
        (GeneratorRunResult result, _) = Harness.Generate(Harness.Compile(Second, First));

        Assert.StartsWith("A.IFirst.", FileOfItem(result), StringComparison.Ordinal);
    }

    [Fact]
    public void TypeThatItsServiceNoLongerReaches_MovesToTheNext()
    {
        CSharpCompilation before = Harness.Compile(First, Second, Third);
        CSharpCompilation after = Edit(before, 1, First.Replace("Item item, ", "", StringComparison.Ordinal)
            .Replace("ValueTask<Item>", "ValueTask", StringComparison.Ordinal));
        GeneratorDriver driver = Harness.CreateDriver().RunGenerators(before);
        GeneratorRunResult result = driver.RunGenerators(after).GetRunResult().Results.Single();

        Assert.StartsWith("B.ISecond.", FileOfItem(result), StringComparison.Ordinal);
        AssertEmitted(result, true, true, false);
        AssertSameAsFresh(driver, after);
    }

    [Fact]
    public void OrderOfFiles_DoesNotMatter()
    {
        const string Part1 = """
            namespace P;
            [Service] public partial interface IParts { ValueTask A(Parts parts); }
            public partial record Parts { public int X { get; set; } }
            """;
        const string Part2 = """
            namespace P;
            public partial interface IParts { ValueTask B(int b); }
            public partial record Parts { public int A { get; set; } }
            """;
        CSharpCompilation compilation = Harness.Compile(First, Second, Unrelated, Part1, Part2);
        CSharpCompilation shuffled = compilation.RemoveAllSyntaxTrees().AddSyntaxTrees(compilation.SyntaxTrees.Reverse());

        Assert.Equal(Print(compilation), Print(shuffled));
    }

    [Fact]
    public void Models_HoldNothingOfTheCompilation()
    {
        CSharpCompilation compilation = Harness.Compile(
            [.. ContractFiles.ValidNames.Select(ContractFiles.ReadValid)]);
        GeneratorRunResult result = Harness.CreateDriver().RunGenerators(compilation).GetRunResult().Results.Single();

        int visited = 0;
        foreach (string step in Steps)
        {
            Assert.NotEmpty(result.TrackedSteps[step]);
            foreach ((object value, _) in result.TrackedSteps[step].SelectMany(static s => s.Outputs))
                visited += ObjectGraph.AssertPlain(value);
        }

        Assert.True(visited > 500, $"Only {visited} objects were visited.");
    }

    [Fact]
    public void Compilation_IsNotRetained()
    {
        (GeneratorDriver driver, WeakReference first) = RunAndForget();

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.False(first.IsAlive);
        GC.KeepAlive(driver);
    }

    [Fact]
    public void NamesThatDifferByCaseOnly_GetFilesOfTheirOwn()
    {
        (GeneratorRunResult result, _) = Harness.Generate(Harness.Compile(
            """
            namespace N;
            [Service] public partial interface IThing { ValueTask M(Item a, item b); }
            [Service] public partial interface Ithing;
            public record Item;
            public record item;
            """));

        Assert.Equal(2, result.GeneratedSources.Length);
        Assert.Equal(2, result.GeneratedSources.Select(static s => s.HintName).Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    [Fact]
    public void LongNames_GetShortHints()
    {
        string name = new('x', 300);
        (GeneratorRunResult result, Compilation output) = Harness.Generate(Harness.Compile(
            $$"""
            namespace {{name}};
            [Service(Name = "s")]
            public partial interface I{{name}} { ValueTask M({{name}}A a, {{name}}B b, Dictionary<{{name}}A, {{name}}B> c); }
            public record {{name}}A(int P); public record {{name}}B(int P);
            """));

        Assert.InRange(Assert.Single(result.GeneratedSources).HintName.Length, 1, 100);
        Assert.DoesNotContain(Harness.Problems(output), static d => d.Id != "CS8981");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (GeneratorDriver Driver, WeakReference First) RunAndForget()
    {
        CSharpCompilation first = Harness.Compile(First, Second);
        GeneratorDriver driver = Harness.CreateDriver().RunGenerators(first);

        // The driver may hold the last compilation it saw, but through the cached models none before.
        return (driver.RunGenerators(Edit(first, 2, Second.Replace("other)", "renamed)", StringComparison.Ordinal))),
            new WeakReference(first));
    }

    private static CSharpCompilation Edit(CSharpCompilation compilation, int file, string text)
    {
        SyntaxTree tree = compilation.SyntaxTrees.Single(t => t.FilePath == $"File{file}.cs");
        return compilation.ReplaceSyntaxTree(tree, CSharpSyntaxTree.ParseText(text, Harness.ParseOptions, tree.FilePath, tree.Encoding));
    }

    private static GeneratorRunResult RunTwice(CSharpCompilation before, CSharpCompilation after) =>
        Harness.CreateDriver().RunGenerators(before).RunGenerators(after).GetRunResult().Results.Single();

    /// <summary>Asserts which services were emitted anew, in the order of their names.</summary>
    private static void AssertEmitted(GeneratorRunResult result, params bool[] services) => Assert.Equal(
        services.Select(static emitted => emitted ? IncrementalStepRunReason.Modified : IncrementalStepRunReason.Cached),
        Reasons(Outputs(result)));

    private static string FileOfItem(GeneratorRunResult result) => Assert.Single(result.GeneratedSources, static source =>
        source.SourceText.ToString().Contains(" Read_A_Item(", StringComparison.Ordinal)).HintName;

    private static IEnumerable<IncrementalGeneratorRunStep> Outputs(GeneratorRunResult result) =>
        result.TrackedOutputSteps.SelectMany(static s => s.Value);

    private static IEnumerable<IncrementalStepRunReason> Reasons(IEnumerable<IncrementalGeneratorRunStep> steps) =>
        steps.SelectMany(static s => s.Outputs).Select(static o => o.Reason);

    private static void AssertSameAsFresh(GeneratorDriver driver, CSharpCompilation after) =>
        Assert.Equal(Print(after), Print(driver.RunGenerators(after).GetRunResult().Results.Single()));

    private static string Print(CSharpCompilation compilation) => Print(Harness.Generate(compilation).Result);

    private static string Print(GeneratorRunResult result) => string.Join("\n", result.GeneratedSources
        .OrderBy(static s => s.HintName, StringComparer.Ordinal).Select(static s => s.HintName + "\n" + s.SourceText));
}
