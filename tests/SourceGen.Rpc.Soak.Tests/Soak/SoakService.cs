using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using SourceGen.Rpc.Soak.Tests.Counting;

namespace SourceGen.Rpc.Soak.Tests.Soak;

/// <summary>The implementation, at both ends.</summary>
/// <param name="handlers">Counts handlers.</param>
internal sealed class SoakService(Attendance handlers) : ISoak
{
    /// <summary>One context in so many is remembered.</summary>
    private const int ContextsPerSample = 256;

    private static readonly byte[][] s_loads = [[], new byte[50], new byte[5_000], new byte[20_000], new byte[200_000]];

    private readonly ConcurrentQueue<WeakReference> _contexts = new();

    /// <summary>How many contexts of calls were remembered, and how many of them still exist.</summary>
    public (int Seen, int Alive) Contexts => (_contexts.Count, _contexts.Count(static context => context.IsAlive));

    /// <summary>The item at a place of a job's stream.</summary>
    public static Item ItemOf(in Job job, int place) => new(job.Number + place, s_loads[job.ItemSize]);

    public async ValueTask<Done> CallAsync(Job job, byte[] load, CancellationToken ct = default)
    {
        handlers.Enter();
        try
        {
            await ActAsync(job, ct);
            return new Done(job.Number, load);
        }
        finally
        {
            handlers.Leave();
        }
    }

    public async ValueTask NoteAsync(Job job)
    {
        handlers.Enter();
        try
        {
            await ActAsync(job, CancellationToken.None);
        }
        finally
        {
            handlers.Leave();
        }
    }

    public async IAsyncEnumerable<Item> DownAsync(Job job, [EnumeratorCancellation] CancellationToken ct = default)
    {
        handlers.Enter();
        try
        {
            for (int i = 0; i < job.Items; i++)
            {
                if (i == job.Items / 2) await ActAsync(job, ct);
                yield return ItemOf(job, i);
            }
        }
        finally
        {
            handlers.Leave();
        }
    }

    public async ValueTask<int> UpAsync(Job job, IAsyncEnumerable<Item> items, CancellationToken ct = default)
    {
        handlers.Enter();
        try
        {
            int count = 0;
            if (job.Items == 0) return 0; // Does not even begin to read.
            await foreach (Item item in items.WithCancellation(ct))
            {
                Check(item, job, count);
                if (count++ == job.Items / 2) await ActAsync(job, ct);
                if (count == job.Items) break;
            }

            return count;
        }
        finally
        {
            handlers.Leave();
        }
    }

    public async IAsyncEnumerable<Item> BothAsync(
        Job job, IAsyncEnumerable<Item> items, [EnumeratorCancellation] CancellationToken ct = default)
    {
        handlers.Enter();
        try
        {
            int count = 0;
            await foreach (Item item in items.WithCancellation(ct))
            {
                Check(item, job, count);
                if (count == job.Items / 2) await ActAsync(job, ct);
                if (count++ == job.Items) break;
                yield return item;
            }
        }
        finally
        {
            handlers.Leave();
        }
    }

    /// <summary>Fails unless an item is the one at its place.</summary>
    public static void Check(Item item, in Job job, int place)
    {
        if (item.Number == job.Number + place && item.Load.Length == s_loads[job.ItemSize].Length) return;
        throw new InvalidOperationException(
            $"Item {place} of job {job.Number} has the number {item.Number} and {item.Load.Length} bytes: streams are mixed up.");
    }

    private async ValueTask ActAsync(Job job, CancellationToken ct)
    {
        if (job.Number % ContextsPerSample == 0) _contexts.Enqueue(new WeakReference(RpcContext.Current));
        switch (job.Deed)
        {
            case Deed.Yield:
                await Task.Yield();
                break;
            case Deed.Wait:
                await Task.Delay(job.DelayMs, ct);
                break;
            case Deed.WaitRegardless:
                await Task.Delay(job.DelayMs, CancellationToken.None);
                break;
            case Deed.Block:
#pragma warning disable SGR0076 // Blocking is the point.
                Thread.Sleep(Math.Min(job.DelayMs, 2));
#pragma warning restore SGR0076
                break;
            case Deed.CallBack:
                Job back = job with { Deed = Deed.Wait, DelayMs = job.DelayMs / 2 };
                Done done = await RpcContext.GetCaller<ISoak>().CallAsync(back, [], ct);
                if (done.Number != job.Number) throw new InvalidOperationException("A call back has another call's result.");
                break;
            case Deed.Fail:
                await Task.Delay(job.DelayMs, ct);
                throw new RpcException(RpcStatusCode.FailedPrecondition, "told to fail");
            case Deed.FailUnexpectedly:
                throw new SoakException();
            case Deed.None:
            default:
                break;
        }
    }
}
