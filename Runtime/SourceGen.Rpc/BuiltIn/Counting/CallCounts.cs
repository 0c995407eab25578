using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.BuiltIn.Counting;

/// <summary>What a server counts of its calls, by method and thread.</summary>
/// <remarks>
/// Threads are told apart by their managed ids, which the runtime gives again when a thread has ended: the cells of one that is gone pass
/// to the next with its id, so there are never more than threads at one time.
/// </remarks>
internal sealed class CallCounts
{
    [ThreadStatic]
    private static ThreadCells? t_cells;

    private readonly ConcurrentDictionary<int, ThreadCells> _threads = new();
    private readonly List<MethodCounts> _methods = [];

    /// <summary>Makes a handler count its calls.</summary>
    /// <param name="method">The method; with another codec it comes again, and counts together.</param>
    /// <param name="handler">Its handler.</param>
    /// <returns>
    /// A handler that does the same. It allocates nothing; one that does not end at once costs an asynchronous layer more.
    /// </returns>
    public UnaryHandler<TService, TRequest, TResponse> Count<TService, TRequest, TResponse>(
        RpcMethod method, UnaryHandler<TService, TRequest, TResponse> handler)
        where TService : class
        where TRequest : struct => new CountedHandler<TService, TRequest, TResponse>(Of(method), handler).Invoke;

    /// <summary>The figures of the methods of a service, or of all.</summary>
    /// <param name="service">The service's name; empty for all.</param>
    public List<MethodStats> Read(string service) =>
        [.. _methods
            .Where(method => service.Length == 0 || method.Method.Contract.Name == service)
            .Select(method => method.Read(_threads.Values))];

    /// <summary>The cell in which this thread counts a method.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref CallCell CellOf(int method)
    {
        ThreadCells? cells = t_cells;
        if (cells?.Owner != this) cells = FindCells();
        return ref cells[method];
    }

    /// <summary>The first call of a thread, or its first after one of another server.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ThreadCells FindCells() => t_cells =
        _threads.GetOrAdd(Environment.CurrentManagedThreadId, static (_, counts) => new ThreadCells(counts, counts._methods.Count), this);

    /// <summary>Finds a method. All are known before the first call.</summary>
    private MethodCounts Of(RpcMethod method)
    {
        MethodCounts? counts = _methods.Find(known => known.Method == method);
        if (counts is not null) return counts;
        counts = new MethodCounts(this, method, _methods.Count);
        _methods.Add(counts);
        return counts;
    }
}
