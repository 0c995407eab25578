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

/// <summary>Streams and consumers that somebody removes, and perhaps makes again, while they are subscribed to.</summary>
public sealed class JetStreamRemovalTests(JetStreamServer fixture) : IClassFixture<JetStreamServer>
{
    private static int s_topics;

    private readonly string _token = $"gone{Interlocked.Increment(ref s_topics)}";

    [Fact]
    public async Task A_groups_consumer_that_somebody_removed_is_made_again_behind_what_was_settled_when_it_was_last_looked_at()
    {
        await using NatsBroker broker = await ConnectAsync();
        Inbox inbox = new();
        await using JetStreamAdmin admin = await JetStreamAdmin.ConnectAsync(fixture.Server);
        await using ISubscription subscription = await broker.SubscribeAsync($"{_token}.a", inbox.HandleAsync, Group());
        await broker.PublishAsync(Text($"{_token}.a", "one"));
        await inbox.WaitAsync(1, Wait.Patience);
        await Wait.UntilAsync(() => subscription.Counts.Acknowledged == 1, "it is handled");
        await admin.Api.DeleteConsumerAsync($"RPC_{_token}", $"g__{_token}=a", default);
        await broker.PublishAsync(Text($"{_token}.a", "two"));
        await Wait.UntilAsync(() => inbox.Texts.Contains("two"), "what came after it");
        // That the first one was settled is perhaps not known, so it may come again, before the other or after it.
        Assert.Equal(["one", "two"], inbox.Texts.Distinct().Order());
    }

    [Fact]
    public async Task A_subscriptions_own_consumer_that_somebody_removed_is_made_again_where_it_was()
    {
        await using NatsBroker broker = await ConnectAsync();
        Inbox inbox = new()
        {
            Handling = static (letter, _) => ValueTask.FromResult(
                letter is { Text: "later", Deliveries: 1 } ? MessageOutcome.Redeliver("it waits", TimeSpan.FromHours(1)) : MessageOutcome.Acknowledge),
        };
        await using ISubscription subscription = await broker.SubscribeAsync($"{_token}.a", inbox.HandleAsync, new SubscriptionOptions { Concurrency = 1 });
        await using JetStreamAdmin admin = await JetStreamAdmin.ConnectAsync(fixture.Server);
        string name = Assert.Single(await admin.GetConsumerNamesAsync($"RPC_{_token}"));
        foreach (string text in (string[])["one", "two", "later", "three"]) await broker.PublishAsync(Text($"{_token}.a", text));
        await inbox.WaitAsync(4, Wait.Patience);
        await Wait.UntilAsync(() => subscription.Counts.Acknowledged == 3, "they are handled");
        await admin.Api.DeleteConsumerAsync($"RPC_{_token}", name, default);
        await inbox.WaitAsync(6, Wait.Patience);
        // What waited for an hour comes with the new consumer, which counts anew; what was handled before it does not.
        Assert.Equal(["one", "two", "later", "three", "later", "three"], inbox.Texts.Take(6));
    }

    [Fact]
    public async Task What_another_member_had_when_the_groups_consumer_was_removed_comes_again()
    {
        await using NatsBroker broker = await ConnectAsync();
        Inbox inbox = new();
        await using JetStreamAdmin admin = await JetStreamAdmin.ConnectAsync(fixture.Server);
        // The other member takes the first message, and is never heard of again.
        await using (ISubscription first = await broker.SubscribeAsync($"{_token}.a", static (_, _) => default, Group()))
        {
        }

        await broker.PublishAsync(Text($"{_token}.a", "taken"));
        CountingSubscriber taker = new() { Subject = $"{_token}taker" };
        await admin.Client.SubscribeAsync(taker, default);
        admin.Client.Post(Encoding.ASCII.GetBytes($"$JS.API.CONSUMER.MSG.NEXT.RPC_{_token}.g__{_token}=a"), taker.Subject, default);
        await Wait.UntilAsync(() => taker.Count == 1, "it is taken");
        await using ISubscription subscription = await broker.SubscribeAsync($"{_token}.a", inbox.HandleAsync, Group());
        await broker.PublishAsync(Text($"{_token}.a", "mine"));
        await inbox.WaitAsync(1, Wait.Patience);
        await Wait.UntilAsync(() => subscription.Counts.Acknowledged == 1, "it is handled");
        await admin.Api.DeleteConsumerAsync($"RPC_{_token}", $"g__{_token}=a", default);
        await Wait.UntilAsync(() => inbox.Texts.Contains("taken"), "what the other member had");
    }

    [Fact]
    public async Task A_consumer_remembers_what_was_settled_when_it_was_last_looked_at()
    {
        await using NatsBroker broker = await ConnectAsync();
        await using JetStreamAdmin admin = await JetStreamAdmin.ConnectAsync(fixture.Server);
        Inbox inbox = new();
        await using ISubscription subscription = await broker.SubscribeAsync($"{_token}.a", inbox.HandleAsync, Group());
        string consumer = $"g__{_token}=a";
        foreach (string text in (string[])["one", "two", "three"]) await broker.PublishAsync(Text($"{_token}.a", text));
        await inbox.WaitAsync(3, Wait.Patience);
        await Wait.UntilAsync(() => subscription.Counts.Acknowledged == 3, "they are handled");
        while ((await admin.Api.GetConsumerAsync($"RPC_{_token}", consumer, default)).AckFloor!.StreamSequence < 3) await Task.Delay(5);
        CountingSubscriber looks = new() { Subject = $"$JS.API.CONSUMER.INFO.RPC_{_token}.{consumer}" };
        await admin.Client.SubscribeAsync(looks, default);
        await Wait.UntilAsync(() => looks.Count == 1, "the member looks");
        // It looks again when it has got another message, and after it has its answer.
        await broker.PublishAsync(Text($"{_token}.a", "four"));
        await Wait.UntilAsync(() => looks.Count == 2, "the member looks again");
        await admin.Api.DeleteConsumerAsync($"RPC_{_token}", consumer, default);
        await broker.PublishAsync(Text($"{_token}.a", "five"));
        await Wait.UntilAsync(() => inbox.Texts.Contains("five"), "what came after it");
        Assert.Equal(["one", "two", "three"], inbox.Texts.Where(static text => text is "one" or "two" or "three"));
    }

    [Fact]
    public async Task A_stream_that_somebody_removed_is_made_again()
    {
        await using NatsBroker broker = await ConnectAsync();
        Inbox inbox = new();
        await using ISubscription subscription = await broker.SubscribeAsync($"{_token}.a", inbox.HandleAsync);
        for (int i = 0; i < 3; i++) await broker.PublishAsync(Text($"{_token}.a", $"m{i}"));
        await inbox.WaitAsync(3, Wait.Patience);
        await using JetStreamAdmin admin = await JetStreamAdmin.ConnectAsync(fixture.Server);
        await admin.Client.RequestAsync($"$JS.API.STREAM.DELETE.RPC_{_token}", default, Wait.Patience, default);
        await broker.PublishAsync(Text($"{_token}.a", "afterwards"));
        await inbox.WaitAsync(4, Wait.Patience);
        Assert.Equal("afterwards", inbox.Texts[3]);
    }

    [Fact]
    public async Task A_consumer_that_somebody_removed_and_made_again_is_noticed()
    {
        LogRecorder log = new(LogLevel.Warning);
        await using NatsBroker broker = await ConnectAsync(log);
        Inbox inbox = new();
        await using ISubscription subscription = await broker.SubscribeAsync($"{_token}.a", inbox.HandleAsync, Group());
        await broker.PublishAsync(Text($"{_token}.a", "one"));
        await inbox.WaitAsync(1, Wait.Patience);
        await Wait.UntilAsync(() => subscription.Counts.Acknowledged == 1, "it is handled");
        await using JetStreamAdmin admin = await JetStreamAdmin.ConnectAsync(fixture.Server);
        ConsumerAnswer consumer = await admin.Api.GetConsumerAsync($"RPC_{_token}", $"g__{_token}=a", default);
        await admin.Api.DeleteConsumerAsync($"RPC_{_token}", $"g__{_token}=a", default);
        consumer.Config!.Name = consumer.Config.DurableName;
        Assert.Null((await admin.Api.PutConsumerAsync($"RPC_{_token}", consumer.Config, default)).Error);
        await broker.PublishAsync(Text($"{_token}.a", "two"));
        await inbox.WaitAsync(2, Wait.Patience);
        Assert.Equal(["one", "two"], inbox.Texts);
        Assert.Contains(log.Lines, line => line.Contains($"g__{_token}=a", StringComparison.Ordinal) && line.Contains("again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_consumer_that_pushes_is_named_for_as_long_as_it_is_there()
    {
        LogRecorder log = new(LogLevel.Warning);
        await using NatsBroker broker = await ConnectAsync(log);
        Inbox inbox = new();
        await using ISubscription subscription = await broker.SubscribeAsync($"{_token}.a", inbox.HandleAsync, Group());
        await using JetStreamAdmin admin = await JetStreamAdmin.ConnectAsync(fixture.Server);
        string name = $"g__{_token}=a";
        await admin.Api.DeleteConsumerAsync($"RPC_{_token}", name, default);
        ConsumerConfig pushing = new()
        {
            Name = name,
            DurableName = name,
            FilterSubject = $"{_token}.a",
            DeliverPolicy = "all",
            DeliverSubject = "elsewhere",
            AckWait = 30_000_000_000,
        };
        Assert.Null((await admin.Api.PutConsumerAsync($"RPC_{_token}", pushing, default)).Error);
        await Wait.UntilAsync(() => log.Lines.Any(static line => line.Contains("it pushes its messages to 'elsewhere'", StringComparison.Ordinal)), "it is logged");
        await admin.Api.DeleteConsumerAsync($"RPC_{_token}", name, default);
        await broker.PublishAsync(Text($"{_token}.a", "afterwards"));
        await inbox.WaitAsync(1, Wait.Patience);
    }

    [Fact]
    public async Task What_a_handler_fails_with_after_its_consumer_was_removed_comes_again()
    {
        await using NatsBroker broker = await ConnectAsync();
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Inbox inbox = new()
        {
            Handling = async (letter, _) =>
            {
                if (letter.Text != "stuck" || gate.Task.IsCompleted) return MessageOutcome.Acknowledge;
                await gate.Task;
                return MessageOutcome.Redeliver("it failed", TimeSpan.Zero);
            },
        };
        LogRecorder log = new(LogLevel.Warning);
        await using NatsBroker subscriber = await ConnectAsync(log);
        await using ISubscription subscription = await subscriber.SubscribeAsync(
            $"{_token}.a", inbox.HandleAsync, new SubscriptionOptions { QueueGroup = "g", IsDurable = true, Concurrency = 1 });
        using Opening opening = new(gate);
        await broker.PublishAsync(Text($"{_token}.a", "stuck"));
        await inbox.WaitAsync(1, Wait.Patience);
        await using JetStreamAdmin admin = await JetStreamAdmin.ConnectAsync(fixture.Server);
        await admin.Api.DeleteConsumerAsync($"RPC_{_token}", $"g__{_token}=a", default);
        await Wait.UntilAsync(() => log.Lines.Any(static line => line.Contains("is made again from message 1 on", StringComparison.Ordinal)), "it is made again");
        gate.TrySetResult();
        await inbox.WaitAsync(2, Wait.Patience);
        Assert.Equal(["stuck", "stuck"], inbox.Texts.Take(2));
    }

    [Fact]
    public async Task A_stream_that_was_made_again_and_has_more_than_the_old_one_is_read_from_its_beginning()
    {
        LogRecorder log = new(LogLevel.Warning);
        await using NatsBroker broker = await ConnectAsync(log);
        Inbox inbox = new();
        await using ISubscription subscription = await broker.SubscribeAsync($"{_token}.a", inbox.HandleAsync);
        for (int i = 0; i < 3; i++) await broker.PublishAsync(Text($"{_token}.a", $"old{i}"));
        await inbox.WaitAsync(3, Wait.Patience);
        await Wait.UntilAsync(() => subscription.Counts.Acknowledged == 3, "they are handled");
        await using JetStreamAdmin admin = await JetStreamAdmin.ConnectAsync(fixture.Server);
        StreamAnswer stream = await admin.Api.GetStreamAsync($"RPC_{_token}", default);
        await admin.Client.RequestAsync($"$JS.API.STREAM.DELETE.RPC_{_token}", default, Wait.Patience, default);
        await admin.Api.CreateStreamAsync(stream.Config!, default);
        for (int i = 0; i < 6; i++) await admin.Client.RequestAsync($"{_token}.a", Encoding.ASCII.GetBytes($"new{i}"), Wait.Patience, default);
        await inbox.WaitAsync(9, Wait.Patience);
        Assert.Equal(["old0", "old1", "old2", "new0", "new1", "new2", "new3", "new4", "new5"], inbox.Texts);
        Assert.Contains(log.Lines, line => line.Contains($"The stream RPC_{_token} was made again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stream_that_nobody_makes_again_is_said_and_waited_for()
    {
        await using NatsServer server = await NatsServer.StartAsync(hasJetStream: true);
        LogRecorder log = new(LogLevel.Warning);
        await using NatsBroker broker = server.Create("?jetstream=true&stream=ALL", log: log);
        await using JetStreamAdmin admin = await JetStreamAdmin.ConnectAsync(server);
        StreamConfig config = new() { Name = "ALL", Subjects = ["late.>"], MaxAge = 0, MaxBytes = -1, DuplicateWindow = 1_000_000_000 };
        Assert.Null((await admin.Api.CreateStreamAsync(config, default)).Error);
        await broker.ConnectAsync();
        Inbox inbox = new();
        await using ISubscription subscription = await broker.SubscribeAsync("late.a", inbox.HandleAsync);
        await admin.Client.RequestAsync("$JS.API.STREAM.DELETE.ALL", default, Wait.Patience, default);
        await Wait.UntilAsync(() => log.Lines.Any(static line => line.Contains("There is no stream ALL", StringComparison.Ordinal)), "it is logged");
        await Task.Delay(500);
        // Once for each reason.
        Assert.Single(log.Lines, static line => line.Contains("There is no stream ALL", StringComparison.Ordinal));
        Assert.Null((await admin.Api.CreateStreamAsync(config, default)).Error);
        await broker.PublishAsync(Text("late.a", "x"));
        await inbox.WaitAsync(1, Wait.Patience);
    }

    [Fact]
    public async Task A_server_that_starts_again_is_not_taken_for_another_stream()
    {
        await using NatsServer server = await NatsServer.StartAsync(hasJetStream: true);
        LogRecorder log = new(LogLevel.Warning);
        await using NatsBroker broker = server.Create("?jetstream=true", log: log);
        await broker.ConnectAsync();
        Inbox inbox = new();
        await using ISubscription subscription = await broker.SubscribeAsync("kept.a", inbox.HandleAsync, Group());
        await broker.PublishAsync(Text("kept.a", "one"));
        await inbox.WaitAsync(1, Wait.Patience);
        await server.StopAsync();
        await server.RestartAsync();
        await broker.PublishAsync(Text("kept.a", "two"));
        await inbox.WaitAsync(2, Wait.Patience);
        Assert.Equal(["one", "two"], inbox.Texts);
        Assert.DoesNotContain(log.Lines, static line => line.Contains("made again,", StringComparison.Ordinal) || line.Contains("somebody", StringComparison.Ordinal) || line.Contains("was gone", StringComparison.Ordinal));
    }

    private static SubscriptionOptions Group() => new() { QueueGroup = "g", IsDurable = true };

    private static OutgoingMessage Text(string topic, string text) => new(topic, Encoding.UTF8.GetBytes(text));

    private async Task<NatsBroker> ConnectAsync(LogRecorder? log = null)
    {
        NatsBroker broker = fixture.Server.Create("?jetstream=true", log: log);
        await broker.ConnectAsync();
        return broker;
    }
}
