using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Benchmarks.Micro.Engine;

/// <summary>A registry of which nothing is measured: every service has a record that never changes.</summary>
internal sealed class FixedRegistry(Func<string, ServiceRecord> record) : IRegistry
{
    public string Address => "fixed://";

    public bool CanRegister => false;

    public ValueTask RegisterAsync(ServiceRecord service, RegisterOptions? options, CancellationToken cancellationToken) => default;

    public ValueTask DeregisterAsync(ServiceRecord service, RegisterOptions? options, CancellationToken cancellationToken) => default;

    public ValueTask<ImmutableArray<ServiceRecord>> GetServiceAsync(string service, CancellationToken cancellationToken) => new([record(service)]);

    public ValueTask<ImmutableArray<string>> ListServicesAsync(CancellationToken cancellationToken) => new([]);

    public async IAsyncEnumerable<RegistryEvent> WatchAsync(string? service, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return RegistryEvent.Snapshot([record(service!)]);
        await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => default;
}
