using System.Collections.Concurrent;
using SourceGen.Rpc.Discovery.Tests.Support;

namespace SourceGen.Rpc.Discovery.Tests.Client;

/// <summary>A fleet whose servers are replaced one after the other while calls go on that may not run twice.</summary>
public sealed class RollingRestartTests
{
    private const int Servers = 5;
    private const int Rounds = 3;
    private const int Callers = 32;

    [Fact]
    public async Task C58_NoCallFailsWhileServersStopAndOthersStart()
    {
        await using Fleet fleet = new();
        Queue<RpcServer> running = new();
        for (int i = 0; i < Servers; i++) running.Enqueue(await fleet.StartAsync($"0-{i}"));
        await fleet.ReachesAsync([.. Enumerable.Range(0, Servers).Select(static i => $"0-{i}")]);
        IPing ping = fleet.Client.Get<IPing>();
        ConcurrentQueue<Exception> failures = [];
        using CancellationTokenSource done = new();
        long calls = 0;
        Task[] callers = [.. Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                try
                {
                    await ping.ActAsync();
                    Interlocked.Increment(ref calls);
                }
                catch (Exception e)
                {
                    failures.Enqueue(e);
                }
            }
        }))];
        for (int round = 1; round <= Rounds; round++)
        {
            for (int i = 0; i < Servers; i++)
            {
                long before = Interlocked.Read(ref calls);
                await Eventually.Is(() => Interlocked.Read(ref calls) > before + 100, "calls go on");
                await running.Dequeue().StopAsync();
                running.Enqueue(await fleet.StartAsync($"{round}-{i}"));
            }
        }

        await done.CancelAsync();
        await Eventually.Done(Task.WhenAll(callers));
        Assert.Empty(failures);
        long served = fleet.Services.Values.Sum(static service => (long)Volatile.Read(ref service.Calls));
        Assert.True(served >= calls, $"{served} served, {calls} answered");
    }
}
