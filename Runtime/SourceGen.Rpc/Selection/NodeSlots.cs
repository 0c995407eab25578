using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Selection.Health;

namespace SourceGen.Rpc.Selection;

/// <summary>
/// The nodes of a selector, by instance and by id. Writers hold the selector's gate; finding a node takes no lock.
/// </summary>
internal sealed class NodeSlots(Func<NodeHealth> createHealth)
{
    private readonly Dictionary<string, List<NodeSlot>> _byKey = new(StringComparer.Ordinal);
    private readonly Queue<int> _free = new();
    private NodeSlot?[] _byId = new NodeSlot?[8];
    private int _used;

    /// <summary>How many nodes there are.</summary>
    public int Count { get; private set; }

    /// <summary>All nodes. The gate is held.</summary>
    public IEnumerable<NodeSlot> All => _byKey.Values.SelectMany(static slots => slots);

    /// <summary>Finds what is known of a node.</summary>
    /// <returns>Null when it has gone; its id may be another node's by now.</returns>
    public NodeSlot? Find(NodeState node)
    {
        NodeSlot?[] byId = Volatile.Read(ref _byId);
        if ((uint)node.Id >= (uint)byId.Length) return null;
        NodeSlot? slot = Volatile.Read(ref byId[node.Id]);
        return slot is not null && ReferenceEquals(slot.State, node) ? slot : null;
    }

    /// <summary>Gets a node for a selection, which gives it back with <see cref="Release"/>. The gate is held.</summary>
    /// <param name="instance">What the registry says.</param>
    /// <param name="isNew">Whether nobody knew it, also not as another registration of the same process.</param>
    public NodeSlot Acquire(ServiceInstance instance, out bool isNew)
    {
        isNew = false;
        if (!_byKey.TryGetValue(instance.Key, out List<NodeSlot>? slots)) _byKey.Add(instance.Key, slots = []);
        NodeSlot? slot = slots.Find(slot => slot.Is(instance));
        if (slot is null)
        {
            NodeHealth? health = slots.Find(slot => slot.IsSameProcess(instance))?.Health;
            isNew = health is null;
            int id = _free.TryDequeue(out int free) ? free : _used++;
            slot = new NodeSlot(new NodeState(instance, id), health ?? createHealth());
            slots.Add(slot);
            Count++;
            NodeSlot?[] byId = _byId;
            if (id >= byId.Length) Array.Resize(ref byId, byId.Length * 2);
            Volatile.Write(ref byId[id], slot);
            Volatile.Write(ref _byId, byId);
        }

        slot.References++;
        return slot;
    }

    /// <summary>A selection no longer has a node. The gate is held.</summary>
    public void Release(NodeSlot slot)
    {
        if (--slot.References > 0) return;
        string key = slot.State.Instance.Key;
        List<NodeSlot> slots = _byKey[key];
        slots.Remove(slot);
        if (slots.Count == 0) _byKey.Remove(key);
        Volatile.Write(ref _byId[slot.State.Id], null);
        _free.Enqueue(slot.State.Id);
        Count--;
    }
}
