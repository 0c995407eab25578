using System.Diagnostics;
using System.Runtime.CompilerServices;
using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.BuiltIn.Counting;

/// <summary>What a server counts of one method.</summary>
internal sealed class MethodCounts(CallCounts all, RpcMethod method, int index)
{
    private readonly CallCounts _all = all;
    private readonly int _index = index;
    private readonly LatencyTable _latency = new();
    private readonly long[] _errors = new long[(int)RpcStatusCode.Unauthenticated + 1];

    /// <summary>The method.</summary>
    public RpcMethod Method { get; } = method;

    /// <summary>Where this thread counts.</summary>
    public ref CallCell Cell
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _all.CellOf(_index);
    }

    /// <summary>Adds the time of a call that is timed.</summary>
    /// <param name="start">What <see cref="CallCell.Begin"/> returned, not 0.</param>
    public void Time(long start) => _latency.Add(Stopwatch.GetTimestamp() - start);

    /// <summary>A call ends with an error.</summary>
    /// <param name="start">What <see cref="CallCell.Begin"/> returned.</param>
    /// <param name="error">What the handler threw.</param>
    /// <param name="cancellationToken">The handler's token.</param>
    public void Fail(long start, Exception error, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _errors[(int)CodeOf(error, cancellationToken)]);
        Cell.End();
        if (start != 0) Time(start);
    }

    /// <summary>The method's figures.</summary>
    public MethodStats Read(IEnumerable<ThreadCells> threads)
    {
        ThreadCells[] all = [.. threads];

        // Ends before beginnings: what ends in between is then still in flight, and there are never less than none.
        long ended = all.Sum(cells => cells[_index].Ended);
        long started = all.Sum(cells => cells[_index].Started);
        Dictionary<RpcStatusCode, long> errors = [];
        for (int code = 0; code < _errors.Length; code++)
        {
            if (Interlocked.Read(ref _errors[code]) is var count and > 0) errors.Add((RpcStatusCode)code, count);
        }

        RpcContract contract = Method.Contract;
        return new MethodStats(contract.Name, contract.Version, Method.Name, ended, Math.Max(0, started - ended), errors, _latency.Read());
    }

    /// <summary>The code that the caller gets.</summary>
    private static RpcStatusCode CodeOf(Exception error, CancellationToken cancellationToken) => error switch
    {
        RpcException { Code: > RpcStatusCode.OK and <= RpcStatusCode.Unauthenticated } rpc => rpc.Code,
        OperationCanceledException when cancellationToken.IsCancellationRequested => RpcStatusCode.Cancelled,
        _ => RpcStatusCode.Unknown,
    };
}
