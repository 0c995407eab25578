using System.Globalization;
using System.Text;
using SourceGen.Rpc.Brokers.Conformance;
using SourceGen.Rpc.Brokers.Nats.Tests.Support;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.Nats.Tests;

public sealed class NatsCoreTests
{
    [Fact]
    public async Task A_slow_subscription_drops_the_newest_counts_them_and_holds_up_nobody()
    {
        await using NatsServer server = await NatsServer.StartAsync();
        await using NatsBroker broker = server.Create();
        await broker.ConnectAsync();
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Inbox slow = new()
        {
            Handling = async (_, _) =>
            {
                await gate.Task;
                return MessageOutcome.Acknowledge;
            },
        };
        Inbox fast = new();
        await using ISubscription first = await broker.SubscribeAsync("news", slow.HandleAsync, new SubscriptionOptions { Prefetch = 10 });
        await using ISubscription second = await broker.SubscribeAsync("news", fast.HandleAsync);
        for (int i = 0; i < 1_000; i++) await broker.PublishAsync(Text("news", $"m{i}"));
        await fast.WaitAsync(1_000, Wait.Patience);
        await Wait.UntilAsync(() => first.Counts.Dropped == 990, "990 are dropped");
        gate.SetResult();
        await slow.WaitAsync(10, Wait.Patience);
        Assert.Equal(Enumerable.Range(0, 10).Select(static i => $"m{i}"), slow.Texts);
        Assert.Equal(0, second.Counts.Dropped);
        // There is room again.
        await Wait.UntilAsync(() => first.Counts.Acknowledged == 10, "all are handled");
        await broker.PublishAsync(Text("news", "later"));
        await slow.WaitAsync(11, Wait.Patience);
    }

    [Fact]
    public async Task What_a_slow_subscription_holds_is_bounded_in_bytes_too()
    {
        await using NatsServer server = await NatsServer.StartAsync();
        await using NatsBroker broker = new(new NatsBrokerOptions { Servers = [server.Address["nats://".Length..]], MaxWaitingBytes = 10_000 });
        await broker.ConnectAsync();
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Inbox slow = new()
        {
            Handling = async (_, _) =>
            {
                await gate.Task;
                return MessageOutcome.Acknowledge;
            },
        };
        await using ISubscription subscription = await broker.SubscribeAsync("large", slow.HandleAsync);
        for (int i = 0; i < 10; i++) await broker.PublishAsync(new OutgoingMessage("large", new byte[4_000]));
        await Wait.UntilAsync(() => subscription.Counts.Dropped == 8, "8 of 10 are dropped");
        gate.SetResult();
        await slow.WaitAsync(2, Wait.Patience);
        // One alone may be larger than all.
        await Wait.UntilAsync(() => subscription.Counts.Acknowledged == 2, "both are handled");
        await broker.PublishAsync(new OutgoingMessage("large", new byte[20_000]));
        await slow.WaitAsync(3, Wait.Patience);
    }

    [Fact]
    public async Task A_message_that_fails_is_dropped_and_counted()
    {
        await using NatsServer server = await NatsServer.StartAsync();
        await using NatsBroker broker = server.Create();
        await broker.ConnectAsync();
        Inbox inbox = new() { Handling = static (_, _) => throw new InvalidOperationException("no") };
        await using ISubscription subscription = await broker.SubscribeAsync("fails", inbox.HandleAsync);
        await broker.PublishAsync(Text("fails", "x"));
        await Wait.UntilAsync(() => subscription.Counts == new SubscriptionCounts(1, 0, 0, 0, 1), "it is dropped");
    }

    [Fact]
    public async Task Subscriptions_and_two_publishers_outlive_a_server_that_is_killed()
    {
        await using NatsServer server = await NatsServer.StartAsync();
        await using NatsBroker subscriber = server.Create();
        await subscriber.ConnectAsync();
        Inbox inbox = new();
        await using ISubscription subscription = await subscriber.SubscribeAsync("killed.*", inbox.HandleAsync);
        using CancellationTokenSource ending = new();
        Task[] publishers = [.. Enumerable.Range(0, 2).Select(i => Task.Run(async () =>
        {
            await using NatsBroker publisher = server.Create();
            await publisher.ConnectAsync();
            for (int number = 0; !ending.IsCancellationRequested; number++)
            {
                await publisher.PublishAsync(Text($"killed.p{i}", number.ToString(CultureInfo.InvariantCulture)));
                await Task.Delay(1);
            }
        }))];
        for (int round = 0; round < 2; round++)
        {
            int before = inbox.Letters.Count;
            await inbox.WaitAsync(letters => Both(letters, before), Wait.Patience, "some of both");
            await server.KillAsync();
            await Wait.UntilAsync(() => subscriber.State.Status == BrokerStatus.Reconnecting, "it sees the end");
            Assert.Contains(server.Address["nats://".Length..], subscriber.State.Problem, StringComparison.Ordinal);
            int away = inbox.Letters.Count;
            await server.RestartAsync();
            await inbox.WaitAsync(letters => Both(letters, away), Wait.Patience, "some of both afterwards");
        }

        await ending.CancelAsync();
        // None has failed: publishing waited for the server.
        await Task.WhenAll(publishers);

        static bool Both(IReadOnlyList<Letter> letters, int from) =>
            letters.Skip(from).Select(static letter => letter.Topic).Distinct().Count() == 2;
    }

    [Fact]
    public async Task Publishing_while_the_server_is_away_waits_then_says_so()
    {
        await using NatsServer server = await NatsServer.StartAsync();
        await using NatsBroker broker = server.Create("?publishTimeout=0.2");
        await broker.ConnectAsync();
        await server.KillAsync();
        await Wait.UntilAsync(() => broker.State.Status == BrokerStatus.Reconnecting, "it sees the end");
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await broker.PublishAsync(Text("away", "x")));
        Assert.Equal((RpcStatusCode.Unavailable, RpcCallProgress.NotSent), (error.Code, error.Progress));
        Assert.Contains("did not come back within 0.2 s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_count_and_what_cannot_be_one_is_named()
    {
        await using NatsServer server = await NatsServer.StartAsync(configuration: "max_payload: 1000");
        await using NatsBroker broker = server.Create();
        await broker.ConnectAsync();
        await broker.PublishAsync(new OutgoingMessage("a", new byte[1000]));
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await broker.PublishAsync(new OutgoingMessage("a", new byte[1000]) { Key = 1 }));
        Assert.Equal((RpcStatusCode.InvalidArgument, RpcCallProgress.NotSent), (error.Code, error.Progress));
        Assert.Contains("1,039 bytes", error.Message, StringComparison.Ordinal);
        foreach ((string name, string value) in (ReadOnlySpan<(string, string)>)[("a b", "x"), ("a:", "x"), ("", "x"), ("ä", "x"), ("a", "x\r\ny: z"), ("a", "\0")])
        {
            KeyValuePair<string, string>[] headers = [new(name, value)];
            error = Assert.Throws<RpcException>(() => { _ = broker.PublishAsync(new OutgoingMessage("a", default) { Headers = headers }); });
            Assert.Contains($"The header '{name}' cannot be sent", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Publishing_without_headers_allocates_nothing_for_each_message()
    {
        await using NatsServer server = await NatsServer.StartAsync();
        await using NatsBroker broker = server.Create();
        await broker.ConnectAsync();
        byte[] payload = new byte[64];
        long least = long.MaxValue;
        for (int round = 0; round < 20; round++)
        {
            await Wait.UntilAsync(() => broker.PendingBytes == 0, "all is sent");
            least = Math.Min(least, Measure());
        }

        Assert.Equal(0, least);

        long Measure()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++) Assert.True(broker.PublishAsync(new OutgoingMessage("fast", payload)).IsCompletedSuccessfully);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public async Task What_was_published_is_sent_before_it_disconnects_and_it_can_be_connected_again()
    {
        await using NatsServer server = await NatsServer.StartAsync();
        await using NatsBroker subscriber = server.Create();
        await subscriber.ConnectAsync();
        Inbox inbox = new();
        await using ISubscription subscription = await subscriber.SubscribeAsync("last", inbox.HandleAsync);
        await using NatsBroker publisher = server.Create();
        for (int round = 1; round <= 3; round++)
        {
            await publisher.ConnectAsync();
            for (int i = 0; i < 200; i++) await publisher.PublishAsync(Text("last", "x"));
            await publisher.DisconnectAsync();
            await inbox.WaitAsync(200 * round, Wait.Patience);
        }
    }

    private static OutgoingMessage Text(string topic, string text) => new(topic, Encoding.UTF8.GetBytes(text));
}
