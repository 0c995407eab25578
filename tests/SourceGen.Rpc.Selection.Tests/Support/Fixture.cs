using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Discovery.Tests.Support;

namespace SourceGen.Rpc.Selection.Tests.Support;

/// <summary>A selector over a directory that a test tells what to know.</summary>
internal sealed class Fixture : IDisposable
{
    public Fixture(Action<SelectorOptions>? configure = null)
    {
        SelectorOptions options = new() { TimeProvider = Clock };
        configure?.Invoke(options);
        Selector = new Rpc.Selection.Selector(Directory, options, Log);
    }

    public ManualClock Clock { get; } = new();

    public FakeDirectory Directory { get; } = new();

    public LogLines Log { get; } = new();

    public Rpc.Selection.Selector Selector { get; }

    /// <summary>Makes the directory know nodes, and selects from them.</summary>
    public async Task<Selection> SelectAsync(params ServiceNode[] nodes)
    {
        Directory.SetNodes(nodes);
        Selection selection = Selector.Select(TestServices.Condition);
        await selection.Until(static selection => selection.IsKnown, "the nodes are known");
        return selection;
    }

    public void Dispose() => Selector.Dispose();
}
