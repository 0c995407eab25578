using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Selection.Health;
using SourceGen.Rpc.Telemetry;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Selection;

/// <summary>
/// The selector over any directory. Nodes are shared by its selections: what calls of one say about a node holds for all. Calls read what was
/// published and take no lock; the gate is for changes: of what the directory knows, of who is ejected, of weights.
/// </summary>
public sealed partial class Selector : ISelector
{
    private readonly IServiceDirectory _directory;
    private readonly SelectorOptions _options;
    private readonly EjectionOptions _ejection;
    private readonly TimeProvider _time;
    private readonly List<DirectorySelection> _selections = [];
    private readonly CancellationTokenSource _ending = new();
    private readonly bool _comparesRates;
    private readonly bool _comparesTimes;
    private ITimer? _timer;
    private long? _sweepAt;
    private long? _probeAt;
    private volatile bool _isSweeping;
    private bool _isProbing;
    private bool _isClosed;
    private long _ejections;
    private long _restorations;

    /// <summary>Creates a selector. It asks the directory nothing before something is selected.</summary>
    /// <param name="directory">What is known of the services; it stays the caller's to dispose of, after the selector.</param>
    /// <param name="options">How nodes are selected; null for the defaults. They are copied.</param>
    /// <param name="loggerFactory">Where ejections are logged; null for nowhere.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public Selector(IServiceDirectory directory, SelectorOptions? options = null, ILoggerFactory? loggerFactory = null)
    {
        ArgumentNullException.ThrowIfNull(directory);
        _directory = directory;
        _options = (options ?? new SelectorOptions()).Copy();
        _options.Validate();
        _ejection = _options.Ejection;
        _time = _options.TimeProvider;
        _comparesRates = _ejection.SuccessRateFactor > 0;
        _comparesTimes = _ejection.LatencyFactor > 0;
        Logger = ContainedLogger.Create(loggerFactory ?? NullLoggerFactory.Instance, "SourceGen.Rpc.Selection");
        Slots = new NodeSlots(() => new NodeHealth(_comparesRates || _comparesTimes));
    }

    /// <summary>How it selects, where a selection does not say otherwise: a copy, which changes nothing.</summary>
    public SelectorOptions Options => _options.Copy();

    /// <summary>What it did so far.</summary>
    public SelectorCounts Counts
    {
        get
        {
            lock (Gate)
            {
                int ejected = Slots.All.Count(static slot => slot.Health.Ejection is not null);
                return new SelectorCounts(Slots.Count, ejected, _ejections, _restorations);
            }
        }
    }

    /// <summary>Guards all that changes.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>The nodes.</summary>
    internal NodeSlots Slots { get; }

    internal ILogger Logger { get; }

    internal double MaxEjectedShare => _ejection.MaxShare;

    internal DateTimeOffset Now => _time.GetUtcNow();

    internal long Timestamp => _time.GetTimestamp();

    /// <inheritdoc/>
    public Selection Select(ServiceUrl condition, SelectorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(condition);
        if (condition.ServiceName.Length == 0) throw new ArgumentException("The condition names no service.", nameof(condition));
        SelectorOptions own = _options;
        if (options is not null)
        {
            options.Validate();
            own = options.Copy();
        }

        // What is not there yet is waited for by calls, not by subscribing.
        DirectorySelection selection = new(this, _directory, condition.With(ServiceUrlParameters.Check, "false"), own);
        lock (Gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            _selections.Add(selection);
            Instruments.Resilience.Add(this);
        }

        selection.Begin();
        return selection;
    }

    /// <inheritdoc/>
    public void Mark(NodeState node, long elapsed, CallOutcome outcome) => Mark(node, elapsed, outcome, Stopwatch.GetTimestamp());

    /// <inheritdoc/>
    public void Mark(NodeState node, long elapsed, CallOutcome outcome, long now)
    {
        ArgumentNullException.ThrowIfNull(node);
        node.EndCall(elapsed, outcome, now);
        if (outcome == CallOutcome.None || Slots.Find(node) is not { } slot) return;
        NodeHealth health = slot.Health;
        if (outcome == CallOutcome.Failure)
        {
            MarkFailure(slot, elapsed);
            return;
        }

        // A node that refuses a call is alive. That says nothing about how often it fails.
        if (outcome == CallOutcome.Success) health.CountSuccess(elapsed);
        if (health.IsSuspect) MarkAlive(slot, elapsed);
    }

    /// <inheritdoc/>
    public NodeEjection? GetEjection(NodeState node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return Slots.Find(node)?.Health.Ejection;
    }

    /// <summary>
    /// Learns from somewhere else than calls whether a node is well: its health service, a connection that was opened again. One that is well
    /// is restored if it was ejected for failures or for not being well; one that is not is ejected, or stays so for longer.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <param name="isWell">Whether it is well.</param>
    public void ReportHealth(NodeState node, bool isWell)
    {
        ArgumentNullException.ThrowIfNull(node);
        Deferred log = default;
        lock (Gate)
        {
            if (_isClosed || Slots.Find(node) is not { } slot) return;
            NodeHealth health = slot.Health;
            if (isWell)
            {
                if (health.Ejection is { Reason: EjectionReason.ConsecutiveFailures or EjectionReason.Probe })
                {
                    log = Restore(slot, isProven: true, "it is well");
                }
                else if (health.IsOnProbation)
                {
                    health.EndProbation();
                }
            }
            else if (health.Ejection is null)
            {
                log = Eject(slot, EjectionReason.Probe, "it says that it is not well");
            }
            else if (After(_options.Probes.Interval * 2) is var until && until > health.EjectedUntil)
            {
                health.Extend(Now + (_options.Probes.Interval * 2), until);
                Reschedule();
            }
        }

        log.Write(Logger);
    }

    /// <inheritdoc/>
    public void Reset(string service)
    {
        ArgumentNullException.ThrowIfNull(service);
        lock (Gate)
        {
            foreach (NodeSlot slot in Slots.All.Where(slot => slot.Service == service))
            {
                slot.Health.Reset();
            }

            Publish(service);
            Reschedule();
        }
    }

    /// <inheritdoc/>
    public void Close()
    {
        DirectorySelection[] selections;
        lock (Gate)
        {
            if (_isClosed) return;
            _isClosed = true;
            Instruments.Resilience.Remove(this);
            selections = [.. _selections];
            _timer?.Dispose();
            _timer = null;
        }

        _ending.Cancel();
        foreach (DirectorySelection selection in selections) selection.Dispose();
    }

    /// <summary>The same as <see cref="Close"/>.</summary>
    public void Dispose() => Close();

    /// <summary>A selection is over.</summary>
    internal void Remove(DirectorySelection selection)
    {
        lock (Gate)
        {
            _selections.Remove(selection);
            Reschedule();
        }
    }

    /// <summary>The timestamp of a later moment.</summary>
    internal long After(TimeSpan time) => Timestamp + (long)(time.TotalSeconds * _time.TimestampFrequency);

    /// <summary>How long ago something was.</summary>
    internal TimeSpan GetElapsed(long timestamp) => _time.GetElapsedTime(timestamp);

    /// <summary>Sets the timer to what is due next, and to nothing when nothing is. The gate is held.</summary>
    internal void Reschedule()
    {
        if (_isClosed) return;
        if (_comparesTimes && !_isSweeping && Slots.Count > 0) BeginSweeping();
        long due = _sweepAt ?? long.MaxValue;
        bool isAnyEjected = false;
        foreach (NodeSlot slot in Slots.All)
        {
            if (slot.Health.Ejection is null) continue;
            isAnyEjected = true;
            due = Math.Min(due, slot.Health.EjectedUntil);
        }

        bool wantsProbes = _options.Probes.Probe is not null && !_isProbing && (isAnyEjected || (_options.Probes.AllNodes && Slots.Count > 0));
        _probeAt = wantsProbes ? _probeAt ?? After(_options.Probes.Interval) : null;
        due = Math.Min(due, _probeAt ?? long.MaxValue);
        foreach (DirectorySelection selection in _selections) due = Math.Min(due, selection.NextStep ?? long.MaxValue);
        if (due == long.MaxValue)
        {
            _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return;
        }

        // A millisecond later rather than earlier, which would be in vain.
        _timer ??= _time.CreateTimer(static self => ((Selector)self!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        double milliseconds = Math.Ceiling(Math.Max(0, due - Timestamp) * 1000.0 / _time.TimestampFrequency);
        _timer.Change(TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan);
    }

    private void Publish(string service)
    {
        foreach (DirectorySelection selection in _selections)
        {
            if (selection.Service == service || selection.Service == ServiceUrl.Any) selection.PublishAll();
        }
    }

    private void OnTimer()
    {
        List<Deferred> log = [];
        bool isTimeToProbe;
        lock (Gate)
        {
            if (_isClosed) return;
            long now = Timestamp;
            foreach (NodeSlot slot in Slots.All.ToArray())
            {
                if (slot.Health.Ejection is not null && now >= slot.Health.EjectedUntil) log.Add(Restore(slot, isProven: false, "its time is up"));
            }

            if (now >= _sweepAt) Sweep(log);
            foreach (DirectorySelection selection in _selections)
            {
                if (now >= selection.NextStep) selection.PublishAll();
            }

            isTimeToProbe = now >= _probeAt;
            if (isTimeToProbe) _isProbing = true;
            Reschedule();
        }

        foreach (Deferred line in log) line.Write(Logger);
        if (isTimeToProbe) _ = Task.Run(ProbeAsync);
    }

    /// <summary>A line for the log, to be written when the gate is open again: a log provider may take its time.</summary>
    private readonly record struct Deferred(NodeState? Node, TimeSpan? Time, string Detail, int Count)
    {
        public void Write(ILogger logger)
        {
            if (Node is null) return;
            if (Time is { } time) SelectorLog.Ejected(logger, Node, time, Detail, Count);
            else SelectorLog.Restored(logger, Node, Detail);
        }
    }
}
