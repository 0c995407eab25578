using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Discovery.Tests.Support;

/// <summary>A registry that does what a test says, when the test says it.</summary>
internal sealed class ScriptedRegistry : IRegistry
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Dictionary<(string Key, string Id), ServiceRecord>> _services = new(StringComparer.Ordinal);
    private readonly List<(string? Service, Channel<RegistryEvent> Events)> _watches = [];
    private TaskCompletionSource? _hold;
    private RpcException? _failure;

    public string Address => "scripted://test";

    public bool CanRegister { get; set; } = true;

    /// <summary>How often a watch was begun.</summary>
    public int WatchesBegun;

    /// <summary>How often a service was read.</summary>
    public int Reads;

    /// <summary>How often a record was registered or renewed.</summary>
    public int Registrations;

    /// <summary>How often a record was deregistered.</summary>
    public int Deregistrations;

    /// <summary>Runs before a record is deregistered.</summary>
    public Func<Task>? DuringDeregistration { get; set; }

    public ImmutableArray<ServiceRecord> Records
    {
        get
        {
            lock (_gate) return ServiceRecord.Merge(_services.Values.SelectMany(static nodes => nodes.Values));
        }
    }

    /// <summary>From now on everything fails, and the watches that run break off; null for no longer.</summary>
    public void Fail(string? reason)
    {
        lock (_gate)
        {
            _failure = reason is null ? null : RegistryErrors.Unavailable(Address, "do anything", reason);
            if (_failure is null) return;
            foreach ((_, Channel<RegistryEvent> events) in _watches) events.Writer.TryComplete(_failure);
            _watches.Clear();
        }
    }

    /// <summary>Answers wait until <see cref="Release"/>.</summary>
    public void Hold() => _hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Answers come.</summary>
    public void Release() => _hold?.TrySetResult();

    /// <summary>Forgets everything without telling anybody, as a server that was set up anew, or all but some nodes.</summary>
    public void Forget(params string[] except)
    {
        lock (_gate)
        {
            foreach (Dictionary<(string Key, string Id), ServiceRecord> nodes in _services.Values)
            {
                foreach ((string Key, string Id) node in nodes.Keys.Where(node => !except.Contains(node.Id)).ToArray()) nodes.Remove(node);
            }

            foreach (string service in _services.Keys.Where(service => _services[service].Count == 0).ToArray()) _services.Remove(service);
        }
    }

    /// <summary>Says to all who follow something what is not so, or not said in this way.</summary>
    public void Emit(RegistryEvent change)
    {
        lock (_gate)
        {
            foreach ((_, Channel<RegistryEvent> events) in _watches) events.Writer.TryWrite(change);
        }
    }

    public ValueTask RegisterAsync(ServiceRecord record, RegisterOptions? options = null, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref Registrations);
        lock (_gate)
        {
            if (_failure is not null) return ValueTask.FromException(_failure);
            if (!_services.TryGetValue(record.Name, out var nodes)) _services.Add(record.Name, nodes = []);
            foreach (ServiceNode node in record.Nodes)
            {
                ServiceRecord own = record with { Nodes = [node] };
                bool isKnown = nodes.TryGetValue((record.Key, node.Id), out ServiceRecord? old);
                nodes[(record.Key, node.Id)] = own;
                if (!isKnown) Tell(RegistryEvent.Create(own));
                else if (!own.Equals(old)) Tell(RegistryEvent.Update(own));
            }
        }

        return default;
    }

    public async ValueTask DeregisterAsync(ServiceRecord record, RegisterOptions? options = null, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref Deregistrations);
        if (DuringDeregistration is { } during) await during().WaitAsync(cancellationToken);
        lock (_gate)
        {
            if (_failure is not null) throw _failure;
            foreach (ServiceNode node in record.Nodes)
            {
                if (!_services.TryGetValue(record.Name, out var nodes) || !nodes.Remove((record.Key, node.Id))) continue;
                if (nodes.Count == 0) _services.Remove(record.Name);
                Tell(RegistryEvent.Delete(record with { Nodes = [node] }));
            }
        }
    }

    public async ValueTask<ImmutableArray<ServiceRecord>> GetServiceAsync(string service, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref Reads);
        if (_hold is { } hold) await hold.Task.WaitAsync(cancellationToken);
        lock (_gate)
        {
            if (_failure is not null) throw _failure;
            return _services.TryGetValue(service, out var nodes)
                ? ServiceRecord.Merge(nodes.Values)
                : throw RegistryErrors.NotFound(service, Address);
        }
    }

    public ValueTask<ImmutableArray<string>> ListServicesAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate) return new([.. _services.Keys.Order(StringComparer.Ordinal)]);
    }

    public async IAsyncEnumerable<RegistryEvent> WatchAsync(
        string? service, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref WatchesBegun);
        if (_hold is { } hold) await hold.Task.WaitAsync(cancellationToken);
        Channel<RegistryEvent> events = Channel.CreateUnbounded<RegistryEvent>();
        lock (_gate)
        {
            if (_failure is not null) throw _failure;
            events.Writer.TryWrite(RegistryEvent.Snapshot(_services
                .Where(entry => service is null || entry.Key == service)
                .SelectMany(static entry => entry.Value.Values)));
            _watches.Add((service, events));
        }

        await foreach (RegistryEvent change in events.Reader.ReadAllAsync(cancellationToken)) yield return change;
    }

    /// <summary>Whether somebody disposed of it.</summary>
    public bool IsDisposed { get; private set; }

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return default;
    }

    private void Tell(RegistryEvent change)
    {
        foreach ((string? service, Channel<RegistryEvent> events) in _watches)
        {
            if (service is null || service == change.Records[0].Name) events.Writer.TryWrite(change);
        }
    }
}
