using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.Static;
using Xunit.Abstractions;

namespace SourceGen.Rpc.Registries.Local.Tests;

public sealed class StaticConformanceTests(StaticFixture fixture, ITestOutputHelper output)
    : RegistryConformance(fixture, output), IClassFixture<StaticFixture>;

/// <summary>One list in code; every registry follows it.</summary>
public sealed class StaticFixture : RegistryFixture
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string, string), ServiceRecord> _nodes = [];
    private readonly List<StaticRegistry> _registries = [];

    public override bool CanRegister => false;

    public override bool CanPersist => false;

    public override bool ReportsChanges => false;

    public override IRegistry Create()
    {
        lock (_lock)
        {
            StaticRegistry registry = new(Options());
            _registries.Add(registry);
            return registry;
        }
    }

    public override Task WriteAsync(ServiceRecord record) => ChangeAsync([record], (key, single) => _nodes[key] = single);

    public override Task RemoveAsync(ServiceRecord record) => ChangeAsync([record], (key, _) => _nodes.Remove(key));

    public override Task FillAsync(IRegistry registrar, IReadOnlyList<ServiceRecord> records) =>
        ChangeAsync(records, (key, single) => _nodes[key] = single);

    public override Task EmptyAsync(IRegistry registrar, IReadOnlyList<ServiceRecord> records) =>
        ChangeAsync(records, (key, _) => _nodes.Remove(key));

    private Task ChangeAsync(IEnumerable<ServiceRecord> records, Action<(string, string), ServiceRecord> change)
    {
        lock (_lock)
        {
            foreach (ServiceRecord record in records)
            {
                foreach (ServiceNode node in record.Nodes) change((record.Key, node.Id), record with { Nodes = [node] });
            }

            StaticRegistryOptions options = Options();
            _registries.RemoveAll(registry => !TryUpdate(registry, options));
        }

        return Task.CompletedTask;
    }

    private static bool TryUpdate(StaticRegistry registry, StaticRegistryOptions options)
    {
        try
        {
            registry.Update(options);
            return true;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    private StaticRegistryOptions Options()
    {
        StaticRegistryOptions options = new();
        foreach (ServiceRecord record in ServiceRecord.Merge(_nodes.Values)) options.Add(record);
        return options;
    }
}
