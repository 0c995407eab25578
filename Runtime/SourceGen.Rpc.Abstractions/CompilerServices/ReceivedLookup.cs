using System.Collections;

namespace SourceGen.Rpc.CompilerServices;

/// <summary>
/// A lookup that was read. Those of the class library cannot hold groups without elements, and would merge groups of equal keys; here, as
/// in dictionaries, of equal keys the last one counts.
/// </summary>
/// <typeparam name="TKey">The keys' type.</typeparam>
/// <typeparam name="TElement">The elements' type.</typeparam>
/// <param name="capacity">How many groups to reserve memory for.</param>
/// <param name="comparer">Compares the keys; null for the default comparer.</param>
public sealed class ReceivedLookup<TKey, TElement>(int capacity, IEqualityComparer<TKey>? comparer = null) : ILookup<TKey, TElement>
{
    // A key of a lookup may be null, which a dictionary's may not: wrapped, it may.
    private readonly Dictionary<Key, IGrouping<TKey, TElement>> _groups = new(capacity, new KeyComparer(comparer));

    /// <inheritdoc/>
    public int Count => _groups.Count;

    /// <inheritdoc/>
    public IEnumerable<TElement> this[TKey key] =>
        _groups.TryGetValue(new Key(key), out IGrouping<TKey, TElement>? group) ? group : [];

    /// <summary>Adds a group that was read.</summary>
    /// <param name="group">The group.</param>
    /// <exception cref="RpcSerializationException">The group is null.</exception>
    public void Add(IGrouping<TKey, TElement>? group)
    {
        if (group is null) throw new RpcSerializationException("A group of a lookup is nil; each is an array of a key and its elements.");
        _groups[new Key(group.Key)] = group;
    }

    /// <inheritdoc/>
    public bool Contains(TKey key) => _groups.ContainsKey(new Key(key));

    /// <inheritdoc/>
    public IEnumerator<IGrouping<TKey, TElement>> GetEnumerator() => _groups.Values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private readonly record struct Key(TKey Value);

    private sealed class KeyComparer(IEqualityComparer<TKey>? comparer) : IEqualityComparer<Key>
    {
        private readonly IEqualityComparer<TKey> _comparer = comparer ?? EqualityComparer<TKey>.Default;

        public bool Equals(Key x, Key y) => _comparer.Equals(x.Value, y.Value);

        public int GetHashCode(Key obj) => obj.Value is { } value ? _comparer.GetHashCode(value) : 0;
    }
}
