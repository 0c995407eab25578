using System.Collections.Concurrent;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;

namespace SourceGen.Rpc.Tests.Streams;

/// <summary>Streams and what else a call can have: headers, a deadline, filters.</summary>
public sealed class StreamSurroundingsTests
{
    [Fact]
    public async Task HeadersAndTheDeadline_ReachAStreamingHandler_AndTrailersComeBack()
    {
        await using FeedHost host = await FeedHost.StartAsync("tcp://127.0.0.1:0");
        TaskCompletionSource ended = Items.Signal();
        TaskCompletionSource<(string? Tenant, bool HasDeadline)> seen = new();
        host.Feed.OnDown("look", ct =>
        {
            RpcContext context = RpcContext.Current!;
            seen.TrySetResult(
                (context.RequestHeaders["tenant"], context.RemainingTime > TimeSpan.Zero && context.RemainingTime <= Waiting.Limit));
            context.Trailers.Add("rows", "2");
            return Items.CountTo(2);
        });
        RpcCallOptions options = new() { Timeout = Waiting.Limit };
        options.Headers.Add("tenant", "acme");
        using (RpcCallScope scope = RpcCallScope.Begin(options))
        {
            Assert.Equal([0, 1], await host.Calls.DownAsync("look").ToListAsync().Soon());
            Assert.Equal("2", scope.Trailers["rows"]);
        }

        Assert.Equal(("acme", true), await seen.Task.Soon());
        host.Feed.OnDown("wait", ct => Items.OneThenWait(ended, ct));
        List<int> read = [];
        IFeed brief = host.Client.Get<IFeed>(new RpcCallOptions { Timeout = TimeSpan.FromMilliseconds(50) });
        RpcException error = Assert.IsType<RpcException>(await brief.DownAsync("wait").ReadIntoAsync(read).Soon());
        Assert.Equal(RpcStatusCode.DeadlineExceeded, error.Code);
        await ended.Soon();
        await host.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task CancellingACaller_ReachesTheStreamsThatItsHandlerReads()
    {
        await using FeedHost inner = await FeedHost.StartAsync("tcp://127.0.0.1:0");
        await using FeedHost outer = await FeedHost.StartAsync("tcp://127.0.0.1:0", server: static options => options.FlowContext = true);
        TaskCompletionSource ended = Items.Signal();
        TaskCompletionSource begun = Items.Signal();
        inner.Feed.OnDown("wait", ct => Items.OneThenWait(ended, ct));
        outer.Feed.OnDown("ask", _ => PassOnAsync(inner.Calls, begun)); // Passes no token on: its context does.
        using CancellationTokenSource source = new();
        List<int> read = [];
        Task<Exception?> reading = outer.Calls.DownAsync("ask", source.Token).ReadIntoAsync(read);
        await begun.Soon();
        await source.CancelAsync();
        Assert.IsAssignableFrom<OperationCanceledException>(await reading.Soon());
        await ended.Soon();
        await outer.AssertNothingLeftAsync();
        await inner.AssertNothingLeftAsync();

        static async IAsyncEnumerable<int> PassOnAsync(IFeed inner, TaskCompletionSource begun)
        {
            await foreach (int item in inner.DownAsync("wait"))
            {
                begun.TrySetResult();
                yield return item;
            }
        }
    }

    [Fact]
    public async Task FiltersOnBothSides_RunOnceForEachStreamingCall_AndCanRefuseIt()
    {
        Recorder client = new(), server = new();
        await using FeedHost host = await FeedHost.StartAsync("tcp://127.0.0.1:0", both: options =>
        {
            if (options is RpcClientOptions own) own.Filters.Add(client);
            else ((RpcServerOptions)options).Filters.Add(server);
        });
        client.Seen.Clear();
        server.Seen.Clear();
        Assert.Equal([0, 1, 2], await host.Calls.CountAsync(3).ToListAsync().Soon());
        Assert.Equal(9, await host.Calls.SumAsync(3, Items.CountTo(3)).Soon());
        Assert.Equal([0, 2, 4], await host.Calls.TimesAsync(2, Items.CountTo(3)).ToListAsync().Soon());
        await host.Calls.DrainAsync(Items.CountTo(3)).Soon();
        string[] expected = ["Tests.Feed/Count", "Tests.Feed/Sum", "Tests.Feed/Times", "Tests.Feed/Drain"];
        Assert.Equal(expected, client.Seen);
        Assert.Equal(expected, server.Seen);
        server.Refusal = new RpcException(RpcStatusCode.PermissionDenied, "not you");
        TaskCompletionSource ended = Items.Signal();
        List<int> read = [];
        RpcException error = Assert.IsType<RpcException>(await host.Calls.CountAsync(3).ReadIntoAsync(read).Soon());
        Assert.Equal(RpcStatusCode.PermissionDenied, error.Code);
        error = await Assert.ThrowsAsync<RpcException>(() => host.Calls.SumAsync(3, Items.ForEver(ended)).Soon());
        Assert.Equal(RpcStatusCode.PermissionDenied, error.Code);
        error = Assert.IsType<RpcException>(await host.Calls.TimesAsync(3, Items.CountTo(3)).ReadIntoAsync(read).Soon());
        Assert.Equal(RpcStatusCode.PermissionDenied, error.Code);
        server.Refusal = null;
        await host.AssertNothingLeftAsync();
    }

    private sealed class Recorder : IRpcClientFilter, IRpcServerFilter
    {
        public ConcurrentQueue<string> Seen { get; } = new();

        public RpcException? Refusal { get; set; }

        public async ValueTask<TResponse> InvokeAsync<TRequest, TResponse>(
            RpcFilterCall<TRequest> call, RpcFilterNext<TRequest, TResponse> next)
            where TRequest : struct
        {
            Seen.Enqueue(call.Method.FullName);
            await Task.Yield();
            if (Refusal is { } refusal) throw refusal;
            return await next(call);
        }
    }
}
