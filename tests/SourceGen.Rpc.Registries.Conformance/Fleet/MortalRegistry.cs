using System.Collections.Immutable;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Conformance;

/// <summary>A registry as a process sees it that can be killed: from then on it asks nothing more.</summary>
internal sealed class MortalRegistry(IRegistry inner) : IRegistry
{
    private volatile bool _isDead;

    public IRegistry Inner => inner;

    public string Address => inner.Address;

    public bool CanRegister => inner.CanRegister;

    public void Die() => _isDead = true;

    public ValueTask RegisterAsync(ServiceRecord record, RegisterOptions? options = null, CancellationToken cancellationToken = default) =>
        _isDead ? default : inner.RegisterAsync(record, options, cancellationToken);

    public ValueTask DeregisterAsync(ServiceRecord record, RegisterOptions? options = null, CancellationToken cancellationToken = default) =>
        _isDead ? default : inner.DeregisterAsync(record, options, cancellationToken);

    public ValueTask<ImmutableArray<ServiceRecord>> GetServiceAsync(string service, CancellationToken cancellationToken = default) =>
        inner.GetServiceAsync(service, cancellationToken);

    public ValueTask<ImmutableArray<string>> ListServicesAsync(CancellationToken cancellationToken = default) =>
        inner.ListServicesAsync(cancellationToken);

    public IAsyncEnumerable<RegistryEvent> WatchAsync(string? service, CancellationToken cancellationToken = default) =>
        inner.WatchAsync(service, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
