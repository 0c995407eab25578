using System.Runtime.CompilerServices;

namespace SourceGen.Rpc.Streams;

/// <summary>The decoded items of one frame, or of several small ones.</summary>
/// <typeparam name="T">The items.</typeparam>
internal sealed class ItemChunk<T>
{
    private const int LeastCapacity = 16;

    /// <summary>Above this a chunk is not kept for the next frame.</summary>
    private const int MostKept = StreamCost.MaxFrameCost / StreamCost.PerItem;

    /// <summary>The items; the first <see cref="Count"/> are there.</summary>
    public T[] Items { get; private set; } = [];

    /// <summary>How many items there are.</summary>
    public int Count { get; private set; }

    /// <summary>What the items cost of the window.</summary>
    public long Cost { get; private set; }

    /// <summary>Whether the chunk is worth keeping.</summary>
    public bool IsReusable => Items.Length <= MostKept;

    /// <summary>Adds an item.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(T item, int length)
    {
        T[] items = Items;
        int count = Count;
        if (count == items.Length) items = Grow();
        items[count] = item;
        Count = count + 1;
        Cost += length + StreamCost.PerItem;
    }

    /// <summary>Moves the items of another chunk here, if there is room without growing.</summary>
    public bool TryAppend(ItemChunk<T> other)
    {
        if (other.Count > Items.Length - Count) return false;
        other.Items.AsSpan(0, other.Count).CopyTo(Items.AsSpan(Count));
        Count += other.Count;
        Cost += other.Cost;
        other.Clear();
        return true;
    }

    /// <summary>Forgets the items.</summary>
    public void Clear()
    {
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>()) Items.AsSpan(0, Count).Clear();
        Count = 0;
        Cost = 0;
    }

    private T[] Grow()
    {
        T[] items = Items;
        Array.Resize(ref items, Math.Max(LeastCapacity, items.Length * 2));
        Items = items;
        return items;
    }
}
