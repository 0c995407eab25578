using System.Collections.Immutable;

namespace SourceGen.Rpc.Selection;

/// <content>Which nodes calls go to, and with which weights, as it is known and as the time is. The selector's gate is held.</content>
internal sealed partial class DirectorySelection
{
    /// <summary>What a weight of 1 becomes when nodes are called by a part of it.</summary>
    private const int ApertureScale = 10;

    private void Publish(NodeSet all, ImmutableArray<SelectionView.FilterStep> steps, bool isStale)
    {
        (NodeSlot[] called, double[]? parts) = FindCalled();
        NodeState[] ejected = FindEjected(called);
        HashSet<NodeState> isEjected = [.. ejected];
        int[] weights = Weigh(called, parts);
        NodeState[] nodes = new NodeState[called.Length - ejected.Length];
        int count = 0;
        for (int i = 0; i < called.Length; i++)
        {
            if (isEjected.Contains(called[i].State)) continue;
            nodes[count] = called[i].State;
            weights[count++] = weights[i];
        }

        SelectionView before = _view;
        ReadOnlySpan<int> left = weights.AsSpan(0, count);
        bool isSame = before.IsKnown && before.Nodes.Nodes.SequenceEqual(nodes) && before.Nodes.Weights.SequenceEqual(left);
        _view = new SelectionView
        {
            Nodes = isSame ? before.Nodes : new NodeSet(nodes, left),
            AllNodes = all,
            Ejected = ImmutableArray.Create(ejected),
            Steps = steps,
            IsKnown = true,
            IsStale = isStale,
        };
        if (!isSame) Signal();
    }

    private (NodeSlot[] Called, double[]? Parts) FindCalled()
    {
        if (_parts is not { } all) return (_willing, null);
        int count = all.Length - all.AsSpan().Count(0.0);
        NodeSlot[] called = new NodeSlot[count];
        double[] parts = new double[count];
        count = 0;
        for (int i = 0; i < all.Length; i++)
        {
            if (all[i] == 0) continue;
            called[count] = _willing[i];
            parts[count++] = all[i];
        }

        return (called, parts);
    }

    /// <summary>The nodes that are left out, never more than the panic threshold allows: those that are ejected for longest.</summary>
    private NodeState[] FindEjected(NodeSlot[] called)
    {
        NodeSlot[] ejected = Array.FindAll(called, static slot => slot.Health.Ejection is not null);
        if (ejected.Length == 0) return [];
        double share = _selector.MaxEjectedShare;
        int most = share == 0 || called.Length < 2 ? 0 : Math.Max(1, (int)(called.Length * share));
        Array.Sort(ejected, static (a, b) =>
        {
            int byTime = b.Health.EjectedUntil.CompareTo(a.Health.EjectedUntil);
            return byTime != 0 ? byTime : a.State.Id.CompareTo(b.State.Id);
        });
        return [.. ejected.Take(most).Select(static slot => slot.State)];
    }

    private int[] Weigh(NodeSlot[] called, double[]? parts)
    {
        DateTimeOffset now = _selector.Now;
        bool warmsUp = _options.Warmup > TimeSpan.Zero && !WarmUp.IsFreshFleet(_willing, now, _options.Warmup);
        int[] weights = new int[called.Length];
        TimeSpan step = TimeSpan.MaxValue;
        for (int i = 0; i < called.Length; i++)
        {
            NodeSlot slot = called[i];
            int weight = slot.Weight;
            if (_options.Warmup > TimeSpan.Zero && slot.StartTime is { } start && now - start is var uptime && uptime < _options.Warmup)
            {
                // A fresh fleet, too, is looked at again: when the first of it is warm, it is no more than the others' elder.
                step = Shorter(step, _options.Warmup);
                if (warmsUp) weight = WarmUp.Weigh(uptime, _options.Warmup, slot.Weight);
            }

            if (slot.Health.SlowStartSince is { } since && _selector.GetElapsed(since) is var seen && seen < _options.SlowStart)
            {
                step = Shorter(step, _options.SlowStart);
                weight = Math.Min(weight, WarmUp.Weigh(seen, _options.SlowStart, slot.Weight));
            }

            weights[i] = parts is null || weight == 0 ? weight : Math.Max(1, (int)Math.Round(weight * parts[i] * ApertureScale));
        }

        _nextStep = step == TimeSpan.MaxValue ? null : _selector.After(step);
        return weights;

        static TimeSpan Shorter(TimeSpan step, TimeSpan time)
        {
            TimeSpan part = time / WarmUp.Steps;
            return part < step ? part : step;
        }
    }
}
