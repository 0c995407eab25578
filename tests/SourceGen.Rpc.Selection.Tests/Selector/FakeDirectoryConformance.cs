using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Selection.Tests.Support;

namespace SourceGen.Rpc.Selection.Tests.Selector;

public sealed class FakeDirectoryConformance : SelectorConformance
{
    private readonly FakeDirectory _directory = new();

    protected override IServiceDirectory Directory => _directory;

    protected override Task SetAsync(params ServiceRecord[] records)
    {
        _directory.Set(records);
        return Task.CompletedTask;
    }
}
