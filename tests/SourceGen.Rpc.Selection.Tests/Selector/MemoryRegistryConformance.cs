using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Memory;

namespace SourceGen.Rpc.Selection.Tests.Selector;

/// <summary>Over the real directory, which tells of changes on other threads and a little later.</summary>
public sealed class MemoryRegistryConformance : SelectorConformance
{
    private readonly MemoryRegistry _registry = new(new MemoryRegistryOptions { Store = new MemoryRegistryStore() });
    private readonly ServiceDirectory _directory;
    private ServiceRecord[] _records = [];

    public MemoryRegistryConformance() => _directory = new ServiceDirectory(_registry);

    protected override IServiceDirectory Directory => _directory;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _directory.DisposeAsync();
        await _registry.DisposeAsync();
    }

    protected override async Task SetAsync(params ServiceRecord[] records)
    {
        foreach (ServiceRecord record in _records) await _registry.DeregisterAsync(record);
        foreach (ServiceRecord record in records) await _registry.RegisterAsync(record);
        _records = records;
    }
}
