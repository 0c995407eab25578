using System.Collections;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Samples.Registry;

/// <summary>
/// Finds services in environment variables: <c>SERVICE_Shop.Greeter=tcp://10.0.0.1:5000,tcp://10.0.0.2:5000</c>. A sample of a registry
/// that knows nothing of the framework but its Abstractions.
/// </summary>
/// <param name="prefix">What the names of the variables begin with.</param>
/// <param name="interval">How often they are looked at.</param>
public sealed class EnvironmentRegistry(string prefix, TimeSpan interval) : IRegistry
{
    /// <inheritdoc/>
    public string Address => $"environment://{prefix}";

    /// <inheritdoc/>
    public bool CanRegister => false;

    /// <inheritdoc/>
    public ValueTask RegisterAsync(ServiceRecord record, RegisterOptions? options = null, CancellationToken cancellationToken = default) =>
        throw RegistryErrors.Unsupported(Address, "register a service", $"set the variable {prefix}{record.Name} where the clients are started.");

    /// <inheritdoc/>
    public ValueTask DeregisterAsync(ServiceRecord record, RegisterOptions? options = null, CancellationToken cancellationToken = default) =>
        throw RegistryErrors.Unsupported(Address, "deregister a service", $"change the variable {prefix}{record.Name} where the clients are started.");

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<ServiceRecord>> GetServiceAsync(string service, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ImmutableArray<ServiceRecord> records = Read(service);
        return records.IsEmpty ? throw RegistryErrors.NotFound(service, Address) : new(records);
    }

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<string>> ListServicesAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new([.. Read(service: null).Select(static record => record.Name)]);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RegistryEvent> WatchAsync(string? service, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ImmutableArray<ServiceRecord>? known = null;
        using PeriodicTimer timer = new(interval);
        cancellationToken.ThrowIfCancellationRequested();
        do
        {
            ImmutableArray<ServiceRecord> records = Read(service);
            if (known is null || !records.AsSpan().SequenceEqual(known.Value.AsSpan())) yield return RegistryEvent.Snapshot(records);
            known = records;
        }
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => default;

    private ImmutableArray<ServiceRecord> Read(string? service)
    {
        List<ServiceRecord> records = [];
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            if (variable.Key is not string name || !name.StartsWith(prefix, StringComparison.Ordinal)) continue;
            string[] addresses = ((string?)variable.Value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            name = name[prefix.Length..];
            if (addresses.Length == 0 || (service is not null && service != name)) continue;
            records.Add(new ServiceRecord(name) { Nodes = [.. addresses.Select(static address => new ServiceNode(address, address))] });
        }

        return ServiceRecord.Merge(records);
    }
}
