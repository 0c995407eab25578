using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace SourceGen.Rpc.Generators.Tests;

/// <summary>
/// An editor runs one driver and its successors for as long as a solution is open, so nothing of an edit may outlive the next.
/// </summary>
[Collection(nameof(Alone))]
public class RetentionTests
{
    /// <summary>
    /// The runtime and the compiler go on warming their caches. One file that is kept at every other edit, with its text and tree, is
    /// several times as much as this.
    /// </summary>
    private const long MaxGrowth = 128 * 1024;

    [Fact]
    public void HundredEdits_KeepNothingOfThoseBefore()
    {
        Editor editor = new();
        editor.EditTimes(40);
        long before = LiveMemory();

        editor.EditTimes(100);
        long after = LiveMemory();

        Assert.Equal("", string.Join(", ", editor.PastAlive));
        Assert.True(after - before < MaxGrowth, $"Live memory grew by {after - before:N0} bytes in 100 edits, from {before:N0}.");
        GC.KeepAlive(editor);
    }

    private static long LiveMemory()
    {
        // Twice, because what a finalizer or a weak table lets go of is free for the next collection only.
        for (int i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }

    /// <summary>Holds what an editor does: the last compilation and the last driver.</summary>
    private sealed class Editor
    {
        private const int Services = 50;

        // Made before memory is first measured: what is noted of an edit is its number, a word and a handle.
        private readonly List<(string What, int Edit, WeakReference Object)> _past = new(capacity: 1000);
        private CSharpCompilation _compilation;
        private GeneratorDriver _driver;
        private int _edits;

        public Editor()
        {
            _compilation = Harness.Compile([Unrelated(0), .. Enumerable.Range(1, Services).Select(static i => Service(i, 0))]);
            _driver = CSharpGeneratorDriver.Create([new ContractGenerator().AsSourceGenerator()], parseOptions: Harness.ParseOptions)
                .RunGenerators(_compilation);
            Assert.Equal(Services, _driver.GetRunResult().GeneratedTrees.Length);
        }

        /// <summary>The names of what was replaced and is still there.</summary>
        public IEnumerable<string> PastAlive =>
            _past.Where(static p => p.Object.IsAlive).Select(static p => $"{p.What} {p.Edit}");

        /// <summary>Edits an unrelated class and a method of a service in turn.</summary>
        public void EditTimes(int count)
        {
            for (int i = 0; i < count; i++) Edit();
        }

        // Not inlined, so that no local variable keeps what the next edit replaces.
        [MethodImpl(MethodImplOptions.NoInlining)]
        private void Edit()
        {
            _edits++;
            int file = _edits % 2 == 0 ? 1 : 2 + (_edits / 2 % Services);
            SyntaxTree old = _compilation.SyntaxTrees[file];
            _past.Add(("tree before edit", _edits, new WeakReference(old)));
            _past.Add(("compilation before edit", _edits, new WeakReference(_compilation)));
            _past.Add(("driver before edit", _edits, new WeakReference(_driver)));

            string text = file == 1 ? Unrelated(_edits) : Service(file - 1, _edits);
            _compilation = _compilation.ReplaceSyntaxTree(
                old, CSharpSyntaxTree.ParseText(text, Harness.ParseOptions, old.FilePath, old.Encoding));
            _driver = _driver.RunGeneratorsAndUpdateCompilation(_compilation, out Compilation output, out _);
            _past.Add(("output of edit", _edits, new WeakReference(output)));
            if (file == 1) return;
            Assert.Contains(
                _driver.GetRunResult().Results.Single().GeneratedSources,
                source => source.SourceText.ToString().Contains($"Get{_edits:D3}Async", StringComparison.Ordinal));
        }

        // The numbers have a fixed width, so that an edit does not change how large a file is.
        private static string Unrelated(int edit) => $$"""
            namespace Other; public class Unrelated { public int F() => 1{{edit:D3}}; }
            """;

        private static string Service(int number, int edit) => $$"""
            namespace S{{number}};
            [Service]
            public partial interface IThings
            {
                ValueTask<Result> Get{{edit:D3}}Async(Item item, CancellationToken ct);
                ValueTask<Dictionary<string, Item>> ListAsync(int skip, int take);
            }
            public sealed record Item(int Id, string Name, List<string> Tags);
            public sealed record Result(Item Item, DateTime? Time);
            """;
    }
}
