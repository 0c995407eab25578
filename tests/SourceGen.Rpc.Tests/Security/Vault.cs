using System.Collections.Concurrent;

namespace SourceGen.Rpc.Tests.Security;

/// <summary>The implementation: it answers with who it thinks calls.</summary>
internal sealed class Vault : IVault
{
    /// <summary>Who called <see cref="NoteAsync"/>.</summary>
    public ConcurrentQueue<string> Notes { get; } = new();

    /// <summary>What <see cref="WhoAsync"/> does first.</summary>
    public Func<ValueTask>? OnWho { get; set; }

    public int Runs => Volatile.Read(ref _runs);

    private int _runs;

    private static string Caller => RpcContext.Current!.User?.Identity?.Name ?? "nobody";

    public async ValueTask<string> WhoAsync()
    {
        if (OnWho is not null) await OnWho();
        return Caller;
    }

    public ValueTask<string> HelloAsync() => new($"hello {Caller}");

    public ValueTask<string> OpenAsync(Tripwire wire) => Run();

    public ValueTask<string> BuyAsync(Tripwire wire) => Run();

    public Task SellAsync() => Run().AsTask();

    public ValueTask<string> LockAsync() => Run();

    public ValueTask<string> KnockAsync() => Run();

    public ValueTask NoteAsync(Tripwire wire)
    {
        Notes.Enqueue(Caller);
        return default;
    }

    public async IAsyncEnumerable<string> DownAsync(Tripwire wire)
    {
        yield return await Run();
        yield return "end";
    }

    public async ValueTask<int> UpAsync(Tripwire wire, IAsyncEnumerable<Tripwire> items)
    {
        await Run();
        int count = 0;
        await foreach (Tripwire _ in items) count++;
        return count;
    }

    public async ValueTask SinkAsync(Tripwire wire, IAsyncEnumerable<Tripwire> items) => await UpAsync(wire, items);

    public async IAsyncEnumerable<string> ThroughAsync(Tripwire wire, IAsyncEnumerable<Tripwire> items)
    {
        string caller = await Run();
        await foreach (Tripwire _ in items) yield return caller;
    }

    public async ValueTask WaitAsync(CancellationToken ct = default)
    {
        Interlocked.Increment(ref _runs);
        await Task.Delay(Timeout.Infinite, ct);
    }

    public ValueTask WaitForAsync(Tripwire wire, CancellationToken ct = default) => WaitAsync(ct);

    private ValueTask<string> Run()
    {
        Interlocked.Increment(ref _runs);
        return new ValueTask<string>(Caller);
    }
}
