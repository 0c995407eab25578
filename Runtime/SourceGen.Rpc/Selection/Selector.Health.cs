using System.Diagnostics;
using SourceGen.Rpc.Selection.Health;
using SourceGen.Rpc.Telemetry;

namespace SourceGen.Rpc.Selection;

/// <content>Who is ejected and who is restored: by calls, by comparing nodes, by asking them.</content>
public sealed partial class Selector
{
    /// <summary>How many nodes are asked for their health at a time.</summary>
    private const int ConcurrentProbes = 16;

    private void MarkFailure(NodeSlot slot, long elapsed)
    {
        NodeHealth health = slot.Health;
        int failures = health.CountFailure();
        bool beginsSweeping = _comparesRates && !_isSweeping;
        int limit = _ejection.ConsecutiveFailures > 0 && health.IsOnProbation ? 1 : _ejection.ConsecutiveFailures;
        bool isTooMany = limit > 0 && failures >= limit && health.Ejection is null;
        if (!beginsSweeping && !isTooMany) return;
        Deferred log = default;
        lock (Gate)
        {
            if (_isClosed || Slots.Find(slot.State) != slot) return;
            if (beginsSweeping && !_isSweeping)
            {
                BeginSweeping();
                health.Baseline -= new CallTotals(0, 1, 0); // This failure is the first of the interval.
                Reschedule();
            }

            // Of those who come here at once, one ejects; calls that were sent before the node was last ejected say nothing new.
            bool isNews = isTooMany && health.Ejection is null && health.ConsecutiveFailures >= limit && !WasSentBefore(health.LastTurn, elapsed);
            if (isNews)
            {
                string detail = health.IsOnProbation
                    ? "the first call after it came back failed"
                    : $"{health.ConsecutiveFailures:N0} calls in a row failed";
                log = Eject(slot, EjectionReason.ConsecutiveFailures, detail);
            }
        }

        log.Write(Logger);
    }

    /// <summary>A call was answered by a node that failed before.</summary>
    private void MarkAlive(NodeSlot slot, long elapsed)
    {
        NodeHealth health = slot.Health;
        if (health.Ejection is null && !health.IsOnProbation)
        {
            health.ForgetFailures();
            return;
        }

        Deferred log = default;
        lock (Gate)
        {
            if (_isClosed || Slots.Find(slot.State) != slot || WasSentBefore(health.LastTurn, elapsed)) return;
            if (health.Ejection is { Reason: EjectionReason.ConsecutiveFailures or EjectionReason.Probe })
            {
                log = Restore(slot, isProven: true, "a call succeeded");
            }
            else if (health.IsOnProbation)
            {
                health.EndProbation();
            }
        }

        log.Write(Logger);
    }

    /// <summary>Whether a call that ends now was sent before a moment.</summary>
    private bool WasSentBefore(long moment, long elapsed) =>
        moment != long.MinValue && GetElapsed(moment) < Stopwatch.GetElapsedTime(0, elapsed);

    /// <summary>The gate is held; what it returns is written when it is not.</summary>
    private Deferred Eject(NodeSlot slot, EjectionReason reason, string detail)
    {
        NodeHealth health = slot.Health;
        int before = health.Ejections;
        if (before > 0 && !health.IsOnProbation)
        {
            // One time less for each in which it was called without being ejected.
            before = (int)Math.Max(0, before - (long)(GetElapsed(health.LastTurn) / _ejection.BaseTime));
        }

        TimeSpan time = TimeSpan.FromTicks((long)Math.Min(_ejection.MaxTime.Ticks, _ejection.BaseTime.Ticks * Math.Pow(2, Math.Min(before, 40))));
        DateTimeOffset now = Now;
        health.Eject(new NodeEjection(reason, detail, now, now + time, before + 1), Timestamp, After(time));
        _ejections++;
        Instruments.Resilience.CountEjection();
        Publish(slot.Service);
        Reschedule();
        return new Deferred(slot.State, time, detail, before + 1);
    }

    /// <summary>The gate is held; what it returns is written when it is not.</summary>
    private Deferred Restore(NodeSlot slot, bool isProven, string reason)
    {
        NodeHealth health = slot.Health;
        health.Restore(Timestamp, isProven);
        health.SlowStartSince = Timestamp;
        _restorations++;
        Instruments.Resilience.CountRestoration();
        Publish(slot.Service);
        Reschedule();
        return new Deferred(slot.State, null, reason, 0);
    }

    /// <summary>From now on nodes are compared. The gate is held.</summary>
    private void BeginSweeping()
    {
        foreach (NodeSlot slot in Slots.All) slot.Health.Baseline = slot.Health.Totals;
        _sweepAt = After(_ejection.Interval);
        _isSweeping = true;
    }

    /// <summary>Compares the nodes of each service with each other. The gate is held.</summary>
    private void Sweep(List<Deferred> log)
    {
        bool hasFailures = false;
        foreach (IGrouping<string, NodeSlot> service in Slots.All.Where(static slot => slot.Health.Ejection is null).GroupBy(static slot => slot.Service).ToArray())
        {
            NodeSlot[] slots = [.. service.DistinctBy(static slot => slot.Health)];
            CallTotals[] calls = new CallTotals[slots.Length];
            for (int i = 0; i < slots.Length; i++)
            {
                CallTotals totals = slots[i].Health.Totals;
                calls[i] = totals - slots[i].Health.Baseline;
                slots[i].Health.Baseline = totals;
                hasFailures |= calls[i].Failures > 0;
            }

            (EjectionReason Reason, string Detail)?[] outliers = OutlierDetector.Find(calls, _ejection);
            for (int i = 0; i < slots.Length; i++)
            {
                if (outliers[i] is { } outlier) log.Add(Eject(slots[i], outlier.Reason, outlier.Detail));
            }
        }

        // Without failures there is nothing to compare; the next one begins again.
        _isSweeping = _comparesTimes ? Slots.Count > 0 : hasFailures;
        _sweepAt = _isSweeping ? After(_ejection.Interval) : null;
    }

    private async Task ProbeAsync()
    {
        NodeState[] nodes;
        lock (Gate)
        {
            nodes = [.. Slots.All
                .Where(slot => _options.Probes.AllNodes || slot.Health.Ejection is not null)
                .DistinctBy(static slot => slot.Health)
                .Select(static slot => slot.State)];
        }

        await Parallel.ForEachAsync(
            nodes,
            new ParallelOptions { MaxDegreeOfParallelism = ConcurrentProbes },
            async (node, _) => await ProbeAsync(node).ConfigureAwait(false)).ConfigureAwait(false);
        lock (Gate)
        {
            _isProbing = false;
            Reschedule();
        }
    }

    /// <summary>Asks one node, and acts by its answer. Does not fail.</summary>
    private async ValueTask ProbeAsync(NodeState node)
    {
        using CancellationTokenSource timeout = new(_options.Probes.Timeout, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _ending.Token);
        try
        {
            bool isWell = await _options.Probes.Probe!(node, either.Token).AsTask().WaitAsync(either.Token).ConfigureAwait(false);
            ReportHealth(node, isWell);
        }
        catch (Exception e)
        {
            // Somebody's delegate: whatever it throws means that the node did not answer, unless it is the selector that gave up.
            if (_ending.IsCancellationRequested) return;
            SelectorLog.ProbeFailed(Logger, node, timeout.IsCancellationRequested ? $"no answer in {_options.Probes.Timeout}" : e.Message);
            if (Slots.Find(node) is { } slot && slot.Health.Ejection is null) MarkFailure(slot, elapsed: 0);
            else ReportHealth(node, isWell: false);
        }
    }
}
