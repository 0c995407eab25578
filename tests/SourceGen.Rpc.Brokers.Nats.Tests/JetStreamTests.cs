using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SourceGen.Rpc.Brokers.Conformance;
using SourceGen.Rpc.Brokers.Nats.Connection;
using SourceGen.Rpc.Brokers.Nats.JetStream;
using SourceGen.Rpc.Brokers.Nats.Tests.Support;
using SourceGen.Rpc.PubSub;
using SourceGen.Rpc.Registries.Conformance;

namespace SourceGen.Rpc.Brokers.Nats.Tests;

public sealed class JetStreamTests(JetStreamServer fixture) : IClassFixture<JetStreamServer>
{
    private static int s_topics;

    private readonly string _token = $"js{Interlocked.Increment(ref s_topics)}";

    [Fact]
    public async Task A_message_with_an_id_is_kept_once_and_its_dead_letter_beside_it()
    {
        await using NatsBroker broker = await ConnectAsync();
        Inbox inbox = new() { Handling = static (_, _) => new(MessageOutcome.DeadLetter("no")) };
        Inbox dead = new();
        await using ISubscription subscription = await broker.SubscribeAsync($"{_token}.a", inbox.HandleAsync, new SubscriptionOptions { DeadLetterTopic = $"{_token}.dead" });
        await using ISubscription morgue = await broker.SubscribeAsync($"{_token}.dead", dead.HandleAsync);
        await broker.PublishAsync(Text($"{_token}.a", "first", "id-7"));
        await broker.PublishAsync(Text($"{_token}.a", "again", "id-7"));
        await broker.PublishAsync(Text($"{_token}.a", "next"));
        await dead.WaitAsync(2, Wait.Patience);
        Assert.Equal(["first", "next"], inbox.Texts);
        // In the order in which they were settled, and each with its own id, not the one that it was published with.
        Assert.Equal([("first", "id-7"), ("next", null)], dead.Letters.Select(static letter => (letter.Text, letter.Id)));
        Assert.DoesNotContain(dead.Letters.SelectMany(static letter => letter.Headers), static header => header.Key.StartsWith("Nats-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Streams_and_consumers_are_called_as_documented()
    {
        await using NatsBroker broker = await ConnectAsync();
        await using ISubscription durable = await broker.SubscribeAsync(
            $"{_token}.a.*", new Inbox().HandleAsync, new SubscriptionOptions { QueueGroup = "g", IsDurable = true, AckTimeout = TimeSpan.FromSeconds(7) });
        await using ISubscription transient = await broker.SubscribeAsync($"{_token}.b", new Inbox().HandleAsync, new SubscriptionOptions { QueueGroup = "g" });
        await using JetStreamAdmin admin = await JetStreamAdmin.ConnectAsync(fixture.Server);
        StreamAnswer stream = await admin.Api.GetStreamAsync($"RPC_{_token}", default);
        Assert.Equal([_token, _token + ".>"], stream.Config!.Subjects!);
        Assert.Equal(("file", "limits", 7 * 24 * 3600 * 1_000_000_000L), (stream.Config.Storage, stream.Config.Retention, stream.Config.MaxAge));
        ConsumerAnswer consumer = await admin.Api.GetConsumerAsync($"RPC_{_token}", $"g__{_token}=a=+", default);
        Assert.Equal(($"g__{_token}=a=+", $"{_token}.a.*", 7_000_000_000L, "new"), (consumer.Config!.DurableName, consumer.Config.FilterSubject, consumer.Config.AckWait, consumer.Config.DeliverPolicy));
        consumer = await admin.Api.GetConsumerAsync($"RPC_{_token}", $"g__{_token}=b", default);
        Assert.Equal((null, 30_000_000_000L, 60_000_000_000L), (consumer.Config!.DurableName, consumer.Config.AckWait, consumer.Config.InactiveThreshold));

        // The one who comes last says after which time a message comes again.
        await using ISubscription second = await broker.SubscribeAsync(
            $"{_token}.b", new Inbox().HandleAsync, new SubscriptionOptions { QueueGroup = "g", AckTimeout = TimeSpan.FromSeconds(9) });
        consumer = await admin.Api.GetConsumerAsync($"RPC_{_token}", $"g__{_token}=b", default);
        Assert.Equal(9_000_000_000L, consumer.Config!.AckWait);

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () =>
            await broker.SubscribeAsync($"{_token}.b", new Inbox().HandleAsync, new SubscriptionOptions { QueueGroup = "g", IsDurable = true }));
        Assert.Equal(RpcStatusCode.FailedPrecondition, error.Code);
        Assert.Contains("its members so far are not durable", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_waits_for_its_handler_does_not_come_again_meanwhile()
    {
        await using NatsBroker broker = await ConnectAsync();
        Inbox inbox = new()
        {
            Handling = static async (_, _) =>
            {
                await Task.Delay(700);
                return MessageOutcome.Acknowledge;
            },
        };
        await using ISubscription subscription = await broker.SubscribeAsync($"{_token}.a", inbox.HandleAsync, new SubscriptionOptions { AckTimeout = TimeSpan.FromSeconds(2) });
        for (int i = 0; i < 6; i++) await broker.PublishAsync(Text($"{_token}.a", $"m{i}"));
        await Wait.UntilAsync(() => subscription.Counts.Acknowledged == 6, "all are handled");
        Assert.Equal(Enumerable.Range(0, 6).Select(static i => ($"m{i}", 1)), inbox.Letters.Select(static letter => (letter.Text, letter.Deliveries)));
    }

    [Fact]
    public async Task What_a_member_does_not_settle_goes_to_another()
    {
        await using NatsBroker one = await ConnectAsync();
        await using NatsBroker other = await ConnectAsync();
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Inbox stuck = new()
        {
            Handling = async (_, _) =>
            {
                await gate.Task;
                return MessageOutcome.Acknowledge;
            },
        };
        SubscriptionOptions options = new() { QueueGroup = "g", AckTimeout = TimeSpan.FromSeconds(1), Prefetch = 1 };
        await one.SubscribeAsync($"{_token}.a", stuck.HandleAsync, options);
        using Opening opening = new(gate);
        await one.PublishAsync(Text($"{_token}.a", "x"));
        await stuck.WaitAsync(1, Wait.Patience);
        Inbox next = new();
        await other.SubscribeAsync($"{_token}.a", next.HandleAsync, options);
        Letter letter = (await next.WaitAsync(1, Wait.Patience))[0];
        Assert.Equal(("x", 2), (letter.Text, letter.Deliveries));
        gate.TrySetResult();
    }

    [Fact]
    public async Task A_pattern_that_begins_with_a_wildcard_needs_one_stream_for_all()
    {
        await using NatsBroker broker = await ConnectAsync();
        NotSupportedException error = await Assert.ThrowsAsync<NotSupportedException>(async () => await broker.SubscribeAsync("*.placed", new Inbox().HandleAsync));
        Assert.Contains("stream=NAME", error.Message, StringComparison.Ordinal);

        await using NatsBroker missing = fixture.Server.Create($"?jetstream=true&stream=ALL_{_token}");
        await missing.ConnectAsync();
        RpcException none = await Assert.ThrowsAsync<RpcException>(async () => await missing.PublishAsync(Text("a", "x")));
        Assert.Equal(RpcStatusCode.FailedPrecondition, none.Code);
        Assert.Contains($"There is no stream ALL_{_token}", none.Message, StringComparison.Ordinal);

        // Its subjects must have what is subscribed to, and no other stream may have them: a server of its own.
        await using NatsServer server = await NatsServer.StartAsync(hasJetStream: true);
        await using NatsBroker all = server.Create("?jetstream=true&publishTimeout=1&stream=ALL&subjects=*.placed,*.paid");
        await all.ConnectAsync();
        Inbox inbox = new();
        await using ISubscription subscription = await all.SubscribeAsync("*.placed", inbox.HandleAsync);
        await all.PublishAsync(Text("orders.placed", "a"));
        await all.PublishAsync(Text("bets.placed", "b"));
        await inbox.WaitAsync(2, Wait.Patience);
        Assert.Equal(["orders.placed", "bets.placed"], inbox.Letters.Select(static letter => letter.Topic));
        none = await Assert.ThrowsAsync<RpcException>(async () => await all.PublishAsync(Text("elsewhere", "x")));
        Assert.Equal(RpcStatusCode.FailedPrecondition, none.Code);
        Assert.Contains("No stream", none.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_without_JetStream_is_named()
    {
        await using NatsServer server = await NatsServer.StartAsync();
        await using NatsBroker broker = server.Create("?jetstream=true");
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await broker.ConnectAsync());
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Contains($"{broker.Address} has no JetStream", error.Message, StringComparison.Ordinal);
        Assert.Contains("nats-server -js", error.Message, StringComparison.Ordinal);
        Assert.Equal(BrokerStatus.Disconnected, broker.State.Status);
    }

    [Fact]
    public async Task Nothing_that_was_confirmed_is_lost_with_a_server_that_is_killed()
    {
        await using NatsServer server = await NatsServer.StartAsync(hasJetStream: true);
        await using NatsBroker subscriber = server.Create("?jetstream=true");
        await subscriber.ConnectAsync();
        ConcurrentDictionary<string, int> got = new();
        await using ISubscription subscription = await subscriber.SubscribeAsync(
            "killed.>",
            (message, _) =>
            {
                got.AddOrUpdate(Encoding.UTF8.GetString(message.Payload.Span), 1, static (_, count) => count + 1);
                return new(MessageOutcome.Acknowledge);
            },
            new SubscriptionOptions { QueueGroup = "g", IsDurable = true, AckTimeout = TimeSpan.FromSeconds(2) });
        ConcurrentQueue<string> confirmed = new();
        using CancellationTokenSource ending = new();
        Task[] publishers = [.. Enumerable.Range(0, 2).Select(i => Task.Run(async () =>
        {
            await using NatsBroker publisher = server.Create("?jetstream=true");
            await publisher.ConnectAsync();
            for (int number = 0; !ending.IsCancellationRequested; number++)
            {
                string text = $"{i}-{number}";
                try
                {
                    await publisher.PublishAsync(Text($"killed.p{i}", text));
                    confirmed.Enqueue(text);
                }
                catch (RpcException e)
                {
                    // That of the moment of the kill: nobody knows whether it was stored.
                    Assert.Equal(RpcStatusCode.Unavailable, e.Code);
                }
            }
        }))];
        for (int round = 0; round < 2; round++)
        {
            int before = confirmed.Count;
            await Wait.UntilAsync(() => confirmed.Count > before + 100 && got.Count > before, "messages are confirmed");
            await server.KillAsync();
            await server.RestartAsync();
        }

        int last = confirmed.Count;
        await Wait.UntilAsync(() => confirmed.Count > last + 100, "messages are confirmed afterwards");
        await ending.CancelAsync();
        await Task.WhenAll(publishers);
        await Wait.UntilAsync(() => confirmed.All(got.ContainsKey), $"all {confirmed.Count} that were confirmed are there");
    }

    [Fact]
    public async Task A_batch_has_many_confirmations_on_their_way()
    {
        await using NatsBroker broker = await ConnectAsync();
        OutgoingMessage[] messages = [.. Enumerable.Range(0, 2_000).Select(i => Text($"{_token}.a", $"m{i}"))];
        await broker.PublishAsync(messages);
        Inbox inbox = new();
        await using ISubscription subscription = await broker.SubscribeAsync($"{_token}.a", inbox.HandleAsync, new SubscriptionOptions { Start = SubscriptionStart.All, Prefetch = 100 });
        await inbox.WaitAsync(2_000, Wait.Patience);
        Assert.Equal(Enumerable.Range(0, 2_000).Select(static i => $"m{i}"), inbox.Texts);
    }

    [Fact]
    public async Task It_begins_at_a_moment()
    {
        await using NatsBroker broker = await ConnectAsync();
        await broker.PublishAsync(Text($"{_token}.a", "before"));
        await Task.Delay(50);
        DateTimeOffset moment = DateTimeOffset.UtcNow;
        await Task.Delay(50);
        await broker.PublishAsync(Text($"{_token}.a", "after"));
        Inbox inbox = new();
        await using ISubscription subscription = await broker.SubscribeAsync($"{_token}.a", inbox.HandleAsync, new SubscriptionOptions { Start = SubscriptionStart.At(moment) });
        await inbox.WaitAsync(1, Wait.Patience);
        Assert.Equal(["after"], inbox.Texts);
    }

    private static OutgoingMessage Text(string topic, string text, string? id = null) => new(topic, Encoding.UTF8.GetBytes(text)) { Id = id };

    private async Task<NatsBroker> ConnectAsync()
    {
        NatsBroker broker = fixture.Server.Create("?jetstream=true");
        await broker.ConnectAsync();
        return broker;
    }
}
