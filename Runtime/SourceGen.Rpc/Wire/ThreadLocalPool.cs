namespace SourceGen.Rpc.Wire;

/// <summary>An object that a <see cref="ThreadLocalPool{T}"/> can chain.</summary>
internal interface IPooled<T>
    where T : class, IPooled<T>
{
    /// <summary>The next free object; the pool's own.</summary>
    ref T? NextPooled { get; }
}

/// <summary>
/// Free objects of one type, in a list per thread: what a continuation returns, the same thread's next call usually takes. When calls
/// are made on other threads than they complete on, whole lists move through a shared, bounded stack.
/// </summary>
internal static class ThreadLocalPool<T>
    where T : class, IPooled<T>
{
    private const int LocalSize = 64;
    private const int MaxSharedLists = 256;
    private static readonly Lock s_gate = new();
    private static readonly Stack<T> s_shared = new();

    [ThreadStatic]
    private static Local? t_local;

    /// <summary>Takes a free object.</summary>
    /// <returns>Null when there is none.</returns>
    public static T? Rent()
    {
        Local local = t_local ??= new Local();
        T? item = local.Head;
        if (item is null)
        {
            if (s_shared.Count == 0) return null; // A stale answer only costs an allocation.
            lock (s_gate)
            {
                if (!s_shared.TryPop(out item)) return null;
            }

            local.Count = LocalSize;
        }

        local.Head = item.NextPooled;
        local.Count--;
        item.NextPooled = null;
        return item;
    }

    /// <summary>Takes an object back. The caller has cleared it, and nobody else refers to it.</summary>
    public static void Return(T item)
    {
        Local local = t_local ??= new Local();
        if (local.Count >= LocalSize)
        {
            lock (s_gate)
            {
                if (s_shared.Count < MaxSharedLists) s_shared.Push(local.Head!);
            }

            local.Head = null;
            local.Count = 0;
        }

        item.NextPooled = local.Head;
        local.Head = item;
        local.Count++;
    }

    private sealed class Local
    {
        public T? Head;
        public int Count;
    }
}
