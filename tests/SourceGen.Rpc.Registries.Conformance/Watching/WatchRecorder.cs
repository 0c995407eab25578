using System.Collections.Immutable;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Conformance;

/// <summary>Follows a service, remembers every event, and lets a test wait for what it expects of them.</summary>
public sealed class WatchRecorder : IAsyncDisposable
{
    /// <summary>
    /// How long a resumed watch waits after a failure. Short, since what is measured is how soon the registry is seen again.
    /// </summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly List<RegistryEvent> _events = [];
    private readonly List<Exception> _failures = [];
    private readonly ReplayedState _state = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeSpan _patience;
    private readonly Task _watching;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _hasEnded;
    private int _isDisposed;

    /// <summary>Starts to follow.</summary>
    /// <param name="registry">The registry; it is not disposed of.</param>
    /// <param name="service">The service; null for all.</param>
    /// <param name="patience">How long waiting lasts before it fails; null for 20 seconds.</param>
    /// <param name="resumes">
    /// Whether to begin again when the enumeration fails with an <see cref="RpcException"/>, as a directory does.
    /// </param>
    public WatchRecorder(IRegistry registry, string? service, TimeSpan? patience = null, bool resumes = false)
    {
        _patience = patience ?? TimeSpan.FromSeconds(20);
        _watching = Task.Run(() => WatchAsync(registry, service, resumes));
    }

    /// <summary>The events up to now.</summary>
    public ImmutableArray<RegistryEvent> Events
    {
        get
        {
            lock (_lock) return [.. _events];
        }
    }

    /// <summary>What the enumeration failed with up to now; more than one when it resumes.</summary>
    public ImmutableArray<Exception> Failures
    {
        get
        {
            lock (_lock) return [.. _failures];
        }
    }

    /// <summary>The records that follow from the events.</summary>
    public ImmutableArray<ServiceRecord> Records
    {
        get
        {
            lock (_lock) return _state.Records;
        }
    }

    /// <summary>Waits for the first event, which is the snapshot.</summary>
    public async Task<RegistryEvent> FirstAsync()
    {
        await UntilAsync(recorder => recorder.Events.Length > 0, "the first snapshot");
        return Events[0];
    }

    /// <summary>Waits until exactly these records follow from the events.</summary>
    /// <param name="expected">The records, merged.</param>
    public Task UntilAsync(ImmutableArray<ServiceRecord> expected) => UntilAsync(
        recorder => recorder.Records.AsSpan().SequenceEqual(expected.AsSpan()),
        $"the records {RecordText.Of(expected)}");

    /// <summary>Waits until an event has told of a node, which may have gone since.</summary>
    /// <param name="node">The node.</param>
    public Task SawAsync(ServiceNode node) => UntilAsync(
        recorder => recorder.Events.Any(
            change => change.Kind != RegistryEventKind.Delete && change.Records.Any(record => record.Nodes.Any(one => one.Id == node.Id))),
        $"the node {node.Id}");

    /// <summary>Waits until something holds.</summary>
    /// <param name="condition">What must hold; asked after every event and every failure.</param>
    /// <param name="what">What it is, for the message.</param>
    public async Task UntilAsync(Func<WatchRecorder, bool> condition, string what)
    {
        ArgumentNullException.ThrowIfNull(condition);
        using CancellationTokenSource patience = new(_patience);
        while (true)
        {
            Task changed;
            bool hasEnded;
            lock (_lock)
            {
                changed = _changed.Task;
                hasEnded = _hasEnded;
            }

            if (condition(this)) return;
            if (hasEnded) Assert.Fail($"The watch ended without {what}.\n{Describe()}");
            try
            {
                await changed.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"After {_patience.TotalSeconds:N0} s the watch still has not shown {what}.\n{Describe()}");
            }
        }
    }

    /// <summary>Fails when an event did not follow from the ones before it.</summary>
    public void AssertConsistent()
    {
        lock (_lock)
        {
            if (_state.Violations.Count == 0) return;
        }

        Assert.Fail($"The events contradict each other:\n{string.Join('\n', _state.Violations)}\n{Describe()}");
    }

    /// <summary>Ends the watch and waits until it has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        await _stop.CancelAsync();
        await _watching.WaitAsync(_patience);
        _stop.Dispose();
    }

    private async Task WatchAsync(IRegistry registry, string? service, bool resumes)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                lock (_lock) _state.Begin();
                await foreach (RegistryEvent change in registry.WatchAsync(service, _stop.Token))
                {
                    Change(() =>
                    {
                        _events.Add(change);
                        _state.Apply(change);
                    });
                }

                if (_stop.IsCancellationRequested) break;
                Change(() => _failures.Add(new InvalidOperationException("The enumeration ended without an error.")));
                break;
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                Change(() => _failures.Add(e));
                if (!resumes || e is not RpcException) break;
            }

            await Task.Delay(s_pause);
        }

        Change(() => _hasEnded = true);
    }

    private void Change(Action change)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            change();
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }

    private string Describe() =>
        $"Records: {RecordText.Of(Records)}\nEvents ({Events.Length:N0}, the last ones):\n"
        + string.Join('\n', Events.TakeLast(20).Select(static change => $"  {change.Kind}: {RecordText.Of(change.Records)}"))
        + $"\nFailures:\n{string.Join('\n', Failures.TakeLast(3))}";
}
