using System.Collections.Immutable;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Conformance;

/// <summary>What follows from the events of a watch, and what was wrong with them. Not thread safe.</summary>
public sealed class ReplayedState
{
    private readonly Dictionary<(string Key, string Node), ServiceRecord> _nodes = [];
    private readonly List<string> _violations = [];
    private bool _hasSnapshot;

    /// <summary>The records as <see cref="ServiceRecord.Merge"/> orders them.</summary>
    public ImmutableArray<ServiceRecord> Records => ServiceRecord.Merge(_nodes.Values);

    /// <summary>Events that do not follow from the ones before them.</summary>
    public IReadOnlyList<string> Violations => _violations;

    /// <summary>A new enumeration has begun, which begins with a snapshot.</summary>
    public void Begin() => _hasSnapshot = false;

    /// <summary>Applies the next event.</summary>
    /// <param name="change">The event.</param>
    public void Apply(RegistryEvent change)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (!_hasSnapshot && change.Kind != RegistryEventKind.Snapshot) _violations.Add($"the first event is {change}");
        if (change.Kind == RegistryEventKind.Snapshot)
        {
            _hasSnapshot = true;
            _nodes.Clear();
        }
        else if (change.Records.Length != 1 || change.Records[0].Nodes.IsEmpty)
        {
            _violations.Add($"not one record with nodes: {change}");
        }

        foreach (ServiceRecord record in change.Records)
        {
            foreach (ServiceNode node in record.Nodes) Apply(change.Kind, record with { Nodes = [node] }, node);
        }
    }

    private void Apply(RegistryEventKind kind, ServiceRecord single, ServiceNode node)
    {
        (string, string) key = (single.Key, node.Id);
        bool isKnown = _nodes.TryGetValue(key, out ServiceRecord? before);
        switch (kind)
        {
            case RegistryEventKind.Create when isKnown:
                _violations.Add($"{node} of {single.Key} was created and is known already");
                break;
            case RegistryEventKind.Update or RegistryEventKind.Delete when !isKnown:
                _violations.Add($"{kind} of {node} of {single.Key}, which is not known");
                break;
            case RegistryEventKind.Update when single.Equals(before):
                _violations.Add($"{node} of {single.Key} was updated and is as before");
                break;
        }

        if (kind == RegistryEventKind.Delete) _nodes.Remove(key);
        else _nodes[key] = single;
    }
}
