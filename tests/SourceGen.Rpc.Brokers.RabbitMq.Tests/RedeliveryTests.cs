using RabbitMQ.Client;
using SourceGen.Rpc.Brokers.Conformance;
using SourceGen.Rpc.Brokers.RabbitMq.Subscribing;
using SourceGen.Rpc.Brokers.RabbitMq.Tests.Support;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.RabbitMq.Tests;

[Collection(RabbitMqFixture.Name)]
public sealed class RedeliveryTests(RabbitMqFixture fixture)
{
    [Fact]
    public async Task A_message_that_waits_stands_in_the_queue_of_its_delay_and_comes_back_with_its_topic()
    {
        string topic = fixture.NewTopic("delayed");
        await using RabbitMqBroker broker = await fixture.ConnectAsync();
        await using IConnection plain = await fixture.ConnectPlainAsync();
        await using IChannel channel = await plain.CreateChannelAsync();
        Inbox inbox = new()
        {
            Handling = static (letter, _) => new(letter.Deliveries switch
            {
                1 => MessageOutcome.Redeliver("an hour is too long for a test", TimeSpan.FromMinutes(59)),
                2 => MessageOutcome.Redeliver(delay: TimeSpan.FromMilliseconds(30)),
                3 => MessageOutcome.Redeliver(delay: TimeSpan.Zero),
                _ => MessageOutcome.Acknowledge,
            }),
        };
        await using ISubscription subscription = await broker.SubscribeAsync(
            topic + ".*", inbox.HandleAsync, new SubscriptionOptions { QueueGroup = "billing", MaxDeliveries = 4 });
        await broker.PublishAsync(new OutgoingMessage(topic + ".a", "x"u8.ToArray()) { Key = 5, Id = "id" });

        string queue = $"rpc.billing.{topic}.*";
        string waiting = $"{queue}.retry.3600000";
        await Waiting.UntilAsync(async () => await NamesTests.ExistsAsync(plain, waiting), "the queue for an hour is there");
        BasicGetResult? got = null;
        await Waiting.UntilAsync(async () => (got = await channel.BasicGetAsync(waiting, autoAck: true)) is not null, "the message is in it");
        await channel.QueueDeclareAsync(waiting, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?>
        {
            ["x-message-ttl"] = 3_600_000,
            ["x-dead-letter-exchange"] = "",
            ["x-dead-letter-routing-key"] = queue,
            ["x-expires"] = 7_200_000,
        });
        Assert.Equal(DeliveryModes.Persistent, got!.BasicProperties.DeliveryMode);
        Assert.Equal(0u, await channel.MessageCountAsync(queue));

        // What the server would do in an hour.
        await channel.BasicPublishAsync("", queue, mandatory: true, new BasicProperties(got.BasicProperties), got.Body);

        IReadOnlyList<Letter> letters = await inbox.WaitAsync(4, fixture.Patience);
        Assert.Equal([1, 2, 3, 4], letters.Select(static letter => letter.Deliveries));
        Assert.All(letters, letter => Assert.Equal((topic + ".a", "x", 5UL, "id", 0), (letter.Topic, letter.Text, letter.Key, letter.Id, letter.Headers.Count)));
        Assert.True(await NamesTests.ExistsAsync(plain, $"{queue}.retry.50"));
        await channel.QueueDeleteAsync(waiting);
        await channel.QueueDeleteAsync($"{queue}.retry.50");
    }

    [Fact]
    public async Task Without_a_place_for_dead_letters_they_are_dropped_and_counted()
    {
        string topic = fixture.NewTopic("dropped");
        await using RabbitMqBroker broker = await fixture.ConnectAsync();
        Inbox inbox = new() { Handling = static (_, _) => new(MessageOutcome.Redeliver()) };
        await using ISubscription subscription = await broker.SubscribeAsync(
            topic, inbox.HandleAsync, new SubscriptionOptions { MaxDeliveries = 2, RedeliveryDelay = TimeSpan.Zero });

        await broker.PublishAsync(new OutgoingMessage(topic, "x"u8.ToArray()));

        await Waiting.UntilAsync(() => subscription.Counts.Dropped == 1, "it is dropped");
        Assert.Equal(new SubscriptionCounts(2, 0, 1, 0, 1), subscription.Counts);
    }

    [Fact]
    public async Task A_message_whose_retry_queue_was_removed_is_not_lost()
    {
        string topic = fixture.NewTopic("removed");
        await using RabbitMqBroker broker = await fixture.ConnectAsync();
        await using IConnection plain = await fixture.ConnectPlainAsync();
        await using IChannel channel = await plain.CreateChannelAsync();
        TaskCompletionSource isRemoved = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Inbox inbox = new()
        {
            Handling = async (letter, _) =>
            {
                // The first message has the queue declared; the second one finds it gone.
                if (letter.Text == "second" && letter.Deliveries == 1) await isRemoved.Task;
                return letter.Deliveries == 1 ? MessageOutcome.Redeliver() : MessageOutcome.Acknowledge;
            },
        };
        await using ISubscription subscription = await broker.SubscribeAsync(
            topic, inbox.HandleAsync, new SubscriptionOptions { RedeliveryDelay = TimeSpan.FromMilliseconds(10) });
        await broker.PublishAsync(new OutgoingMessage(topic, "first"u8.ToArray()));
        await inbox.WaitAsync(2, fixture.Patience);
        await broker.PublishAsync(new OutgoingMessage(topic, "second"u8.ToArray()));
        await inbox.WaitAsync(3, fixture.Patience);
        await channel.QueueDeleteAsync(((RabbitMqSubscription)subscription).QueueName + ".retry.10");
        isRemoved.SetResult();

        IReadOnlyList<Letter> letters = await inbox.WaitAsync(4, fixture.Patience);
        Assert.Equal([("first", 1), ("first", 2), ("second", 1), ("second", 2)], letters.Select(static letter => (letter.Text, letter.Deliveries)));
    }

    [Fact]
    public async Task A_slow_subscriber_has_no_more_messages_than_it_prefetches()
    {
        string topic = fixture.NewTopic("slow");
        await using RabbitMqBroker broker = await fixture.ConnectAsync();
        await using IConnection plain = await fixture.ConnectPlainAsync();
        await using IChannel channel = await plain.CreateChannelAsync();
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Inbox inbox = new()
        {
            Handling = async (_, _) =>
            {
                await gate.Task;
                return MessageOutcome.Acknowledge;
            },
        };
        await using ISubscription subscription = await broker.SubscribeAsync(
            topic, inbox.HandleAsync, new SubscriptionOptions { QueueGroup = "slow", Concurrency = 2, Prefetch = 5 });
        OutgoingMessage[] messages = [.. Enumerable.Range(0, 50).Select(_ => new OutgoingMessage(topic, "x"u8.ToArray()))];
        await broker.PublishAsync(messages);
        await inbox.WaitAsync(2, fixture.Patience);

        await Waiting.UntilAsync(() => ((RabbitMqSubscription)subscription).Waiting == 3, "three wait here");
        await Waiting.UntilAsync(async () => await channel.MessageCountAsync($"rpc.slow.{topic}") == 45, "the others wait there");
        Assert.Equal(2, subscription.Counts.Delivered);

        gate.SetResult();
        await inbox.WaitAsync(50, fixture.Patience);
    }

    [Fact]
    public async Task What_the_server_cannot_do_is_said()
    {
        await using RabbitMqBroker broker = await fixture.ConnectAsync();

        NotSupportedException time = await Assert.ThrowsAsync<NotSupportedException>(async () =>
            await broker.SubscribeAsync("a.b", new Inbox().HandleAsync, new SubscriptionOptions { AckTimeout = TimeSpan.FromSeconds(5) }));
        Assert.Contains("consumer_timeout", time.Message, StringComparison.Ordinal);
        NotSupportedException prefetch = await Assert.ThrowsAsync<NotSupportedException>(async () =>
            await broker.SubscribeAsync("a.b", new Inbox().HandleAsync, new SubscriptionOptions { Prefetch = 70_000 }));
        Assert.Contains("70,000", prefetch.Message, StringComparison.Ordinal);
    }
}
