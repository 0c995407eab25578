using SourceGen.Rpc.Tests.Streams;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;

namespace SourceGen.Rpc.Tests.Client;

/// <summary>Calls that wait for room on a connection: with streams and without, they wait alike.</summary>
public sealed class CallWaitTests
{
    [Fact]
    public async Task A_call_that_finds_no_room_says_so_when_its_time_has_passed_and_knows_its_token_when_it_is_cancelled()
    {
        await using FeedHost host = await FeedHost.StartAsync(server: static options => options.Limits.MaxConcurrentCalls = 1);
        using Gate gate = new();
        host.Feed.OnUp("wait", async (_, _) =>
        {
            await gate.PassAsync();
            return 1;
        });
        Task<int> held = host.Calls.UpAsync("wait", AsyncEnumerable.Empty<int>()).AsTask();
        await gate.Reached;

        IFeed brief = host.Client.Get<IFeed>(new RpcCallOptions { Timeout = TimeSpan.FromMilliseconds(50) });
        await FailsAsync("Tests.Feed/Add", () => brief.AddAsync(1, 2).Soon());
        await FailsAsync("Tests.Feed/Sum", () => brief.SumAsync(1, AsyncEnumerable.Empty<int>()).Soon());

        using CancellationTokenSource source = new();
        Task<long> waiting = host.Calls.SumAsync(1, AsyncEnumerable.Empty<int>(), source.Token).AsTask();
        await source.CancelAsync();
        OperationCanceledException error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Soon());
        Assert.Equal(source.Token, error.CancellationToken);

        gate.Open();
        Assert.Equal(1, await held.Soon());
        await host.AssertNothingLeftAsync();
    }

    private static async Task FailsAsync(string method, Func<Task> call)
    {
        RpcException error = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal((RpcStatusCode.DeadlineExceeded, RpcCallProgress.NotSent), (error.Code, error.Progress));
        Assert.Contains(
            $"{method} could not be sent within 50 ms: the connection had as many calls in flight", error.Message, StringComparison.Ordinal);
    }
}
