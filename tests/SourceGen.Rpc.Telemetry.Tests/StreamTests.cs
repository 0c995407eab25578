using System.Runtime.CompilerServices;
using SourceGen.Rpc.Telemetry.Tests.Support;

namespace SourceGen.Rpc.Telemetry.Tests;

/// <summary>The span of a call with streams ends with the last of them.</summary>
public sealed class StreamTests
{
    [Fact]
    public async Task A_stream_is_one_call_from_its_first_item_asked_for_to_its_end()
    {
        await using Node node = await Node.StartAsync();
        using Gate gate = new();
        Activity? seen = null;
        node.OnStream("count", ct => CountAsync(3, gate, () => seen = Activity.Current, ct));
        using Traces traces = new();
        IAsyncEnumerable<int> stream = node.Proxy.DownAsync("count");
        Assert.Empty(traces.Started);
        List<int> items = [];
        await using IAsyncEnumerator<int> enumerator = stream.GetAsyncEnumerator();
        Assert.True(await enumerator.MoveNextAsync().Soon());
        await gate.Reached;
        Assert.Equal((2, 0), (traces.Started.Length, traces.Ended.Length));
        Assert.Null(Activity.Current);
        gate.Open();
        do items.Add(enumerator.Current);
        while (await enumerator.MoveNextAsync().Soon());
        Assert.Equal([0, 1, 2], items);
        (Activity client, Activity server) = await traces.TakeCallAsync();
        ErrorTests.AssertEnded(client, "OK");
        ErrorTests.AssertEnded(server, "OK");
        Assert.Same(server, seen);
    }

    [Fact]
    public async Task Streams_of_the_caller_and_of_both_are_one_call_each()
    {
        await using Node node = await Node.StartAsync();
        using Traces traces = new();
        Assert.Equal(3, await node.Proxy.UpAsync("", CountAsync(3)).Soon());
        (Activity client, Activity server) = await traces.TakeCallAsync();
        ErrorTests.AssertEnded(client, "OK");
        ErrorTests.AssertEnded(server, "OK");
        Assert.Equal("Tests.Probe/Up", server.DisplayName);

        int sum = 0;
        await foreach (int item in node.Proxy.BothAsync("", CountAsync(4))) sum += item;
        Assert.Equal(12, sum);
        (client, server) = await traces.TakeCallAsync();
        ErrorTests.AssertEnded(client, "OK");
        ErrorTests.AssertEnded(server, "OK");
    }

    [Fact]
    public async Task A_stream_that_is_left_early_ends_cancelled_and_has_not_failed()
    {
        await using Node node = await Node.StartAsync();
        node.OnStream("endless", static ct => EndlessAsync(ct));
        using Traces traces = new();
        await foreach (int item in node.Proxy.DownAsync("endless"))
        {
            if (item == 5) break;
        }

        (Activity client, Activity server) = await traces.TakeCallAsync();
        ErrorTests.AssertEnded(client, "CANCELLED");
        ErrorTests.AssertEnded(server, "CANCELLED");
    }

    [Fact]
    public async Task A_stream_that_a_token_cancels_has_failed_for_the_caller()
    {
        await using Node node = await Node.StartAsync();
        node.OnStream("endless", static ct => EndlessAsync(ct));
        using Traces traces = new();
        using CancellationTokenSource source = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (int item in node.Proxy.DownAsync("endless", source.Token))
            {
                if (item == 5) await source.CancelAsync();
            }
        });
        (Activity client, Activity server) = await traces.TakeCallAsync();
        ErrorTests.AssertFailed(client, "CANCELLED", null);
        ErrorTests.AssertEnded(server, "CANCELLED");
    }

    [Fact]
    public async Task A_producer_that_throws_half_way_fails_the_call()
    {
        await using Node node = await Node.StartAsync();
        node.OnStream("fail", static _ => FailingAsync(new InvalidOperationException("the producer broke")));
        using Traces traces = new();
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (int _ in node.Proxy.DownAsync("fail"))
            {
            }
        });
        (Activity client, Activity server) = await traces.TakeCallAsync();
        Assert.Equal(server.TraceId.ToString(), error.Id);
        ErrorTests.AssertFailed(client, "UNKNOWN", null);
        ErrorTests.AssertFailed(server, "UNKNOWN", "the producer broke");
    }

    [Fact]
    public async Task A_producer_of_the_callers_that_throws_is_named_by_its_exception()
    {
        await using Node node = await Node.StartAsync();
        using Traces traces = new();
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => node.Proxy.UpAsync("", FailingAsync(new InvalidOperationException("the caller's producer broke"))).Soon());
        (Activity client, Activity server) = await traces.TakeCallAsync();
        Assert.Equal(
            (ActivityStatusCode.Error, "System.InvalidOperationException", null, "the caller's producer broke"),
            (client.Status, client.GetTagItem("error.type"), client.GetTagItem("rpc.response.status_code"), client.StatusDescription));
        ErrorTests.AssertEnded(server, "ABORTED");
    }

    [Fact]
    public async Task A_lost_connection_ends_the_streams_on_both_sides()
    {
        await using Node node = await Node.StartAsync();
        node.OnStream("endless", static ct => EndlessAsync(ct));
        using Traces traces = new();
        await using IAsyncEnumerator<int> enumerator = node.Proxy.DownAsync("endless").GetAsyncEnumerator();
        Assert.True(await enumerator.MoveNextAsync().Soon());
        await node.Client.DisposeAsync().Soon();
        (Activity client, Activity server) = await traces.TakeCallAsync();
        ErrorTests.AssertFailed(client, "UNAVAILABLE", null);
        ErrorTests.AssertEnded(server, "CANCELLED");
    }

    [Fact]
    public async Task A_stream_past_its_deadline_has_failed_on_both_sides()
    {
        await using Node node = await Node.StartAsync();
        node.OnStream("endless", static ct => EndlessAsync(ct));
        using Traces traces = new();
        IProbe brief = node.Client.Get<IProbe>(new RpcCallOptions { Timeout = TimeSpan.FromMilliseconds(50) });
        await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (int _ in brief.DownAsync("endless"))
            {
            }
        });
        (Activity client, Activity server) = await traces.TakeCallAsync();
        ErrorTests.AssertFailed(client, "DEADLINE_EXCEEDED", null);
        ErrorTests.AssertFailed(server, "DEADLINE_EXCEEDED", null);
    }

    [Fact]
    public async Task A_stream_that_never_begins_has_the_callers_span_alone()
    {
        await using Node node = await Node.StartAsync();
        using Traces traces = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (int _ in node.Proxy.DownAsync("", new CancellationToken(true)))
            {
            }
        });
        ErrorTests.AssertFailed(Assert.Single(await traces.TakeAsync(1)), "CANCELLED", null);
        await node.Client.DisposeAsync();
        await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (int _ in node.Proxy.DownAsync(""))
            {
            }
        });
        ErrorTests.AssertFailed(Assert.Single(await traces.TakeAsync(1)), "UNAVAILABLE", null);
        await Assert.ThrowsAsync<RpcException>(() => node.Proxy.UpAsync("", CountAsync(1)).Soon());
        ErrorTests.AssertFailed(Assert.Single(await traces.TakeAsync(1)), "UNAVAILABLE", null);
    }

    private static async IAsyncEnumerable<int> CountAsync(int count)
    {
        for (int i = 0; i < count; i++)
        {
            await Task.Yield();
            yield return i;
        }
    }

    /// <summary>Waits at a gate after the first item.</summary>
    private static async IAsyncEnumerable<int> CountAsync(
        int count, Gate gate, Action atGate, [EnumeratorCancellation] CancellationToken ct = default)
    {
        for (int i = 0; i < count; i++)
        {
            if (i == 1)
            {
                atGate();
                await gate.PassAsync().WaitAsync(ct);
            }

            yield return i;
        }
    }

    private static async IAsyncEnumerable<int> EndlessAsync([EnumeratorCancellation] CancellationToken ct)
    {
        for (int i = 0; ; i++)
        {
            await Task.Yield();
            ct.ThrowIfCancellationRequested();
            yield return i;
        }
    }

    private static async IAsyncEnumerable<int> FailingAsync(Exception error)
    {
        yield return 1;
        await Task.Yield();
        throw error;
    }
}
