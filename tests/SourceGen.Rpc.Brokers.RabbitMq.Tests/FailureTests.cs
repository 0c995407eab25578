using System.Globalization;
using System.Text;
using RabbitMQ.Client;
using SourceGen.Rpc.Brokers.Conformance;
using SourceGen.Rpc.Brokers.RabbitMq.Subscribing;
using SourceGen.Rpc.Brokers.RabbitMq.Tests.Support;
using SourceGen.Rpc.PubSub;
using Xunit.Abstractions;

namespace SourceGen.Rpc.Brokers.RabbitMq.Tests;

[Collection(RabbitMqFixture.Name)]
public sealed class FailureTests(RabbitMqFixture fixture, ITestOutputHelper output)
{
    [Fact]
    public async Task Nothing_that_was_confirmed_is_lost_when_the_server_is_killed()
    {
        string topic = fixture.NewTopic("killed");
        await using RabbitMqBroker publisher = await fixture.ConnectAsync();
        await using RabbitMqBroker subscriber = await fixture.ConnectAsync();
        Inbox group = new();
        Inbox alone = new();
        // That a message is given back now and then has retries in progress, too, when the server dies.
        group.Handling = static (letter, _) => new(
            letter.Deliveries == 1 && letter.Text.EndsWith('7') ? MessageOutcome.Redeliver(delay: TimeSpan.Zero) : MessageOutcome.Acknowledge);
        await using ISubscription one = await subscriber.SubscribeAsync(topic, group.HandleAsync, new SubscriptionOptions { QueueGroup = "g", IsDurable = true });
        await using ISubscription two = await subscriber.SubscribeAsync(topic, alone.HandleAsync);
        // The server writes down some time after it said so which queue gets what, and nothing tells when: killed 0.84 s later, it had forgotten one.
        await Task.Delay(TimeSpan.FromSeconds(5));
        List<string> confirmed = [];
        using CancellationTokenSource enough = new();
        int failed = 0;
        Task publishing = Task.Run(async () =>
        {
            for (int i = 0; !enough.IsCancellationRequested; i++)
            {
                string text = i.ToString(CultureInfo.InvariantCulture);
                try
                {
                    await publisher.PublishAsync(new OutgoingMessage(topic, Encoding.ASCII.GetBytes(text)));
                    lock (confirmed) confirmed.Add(text);
                }
                catch (RpcException e) when (e.Code == RpcStatusCode.Unavailable)
                {
                    failed++;
                }
            }
        });
        for (int round = 0; round < 2; round++)
        {
            await ConfirmedAsync(100);
            await fixture.Server.KillAsync();
            await fixture.Server.RestartAsync();
        }

        await ConfirmedAsync(100);
        await enough.CancelAsync();
        await publishing;
        string[] wanted = [.. confirmed];
        await group.WaitAsync(letters => wanted.All(letters.Select(static letter => letter.Text).ToHashSet().Contains), fixture.Patience, "all of the group");
        await alone.WaitAsync(letters => wanted.All(letters.Select(static letter => letter.Text).ToHashSet().Contains), fixture.Patience, "all of the other");
        int duplicates = alone.Texts.Count - alone.Texts.Distinct().Count();
        output.WriteLine($"{wanted.Length} confirmed, {failed} failed, {duplicates} twice");
        Assert.Equal(BrokerStatus.Connected, publisher.State.Status);

        async Task ConfirmedAsync(int more)
        {
            int before;
            lock (confirmed) before = confirmed.Count;
            await Waiting.UntilAsync(
                () =>
                {
                    lock (confirmed) return confirmed.Count >= before + more;
                },
                $"{more} more are confirmed");
        }
    }

    [Fact]
    public async Task A_message_that_a_dead_subscriber_had_goes_to_its_group()
    {
        string topic = fixture.NewTopic("died");
        await using CuttingProxy proxy = new(fixture.Server.Port);
        await using RabbitMqBroker publisher = await fixture.ConnectAsync();
        await using RabbitMqBroker dying = await fixture.ConnectAsync(options => options.Endpoints = [proxy.Endpoint]);
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Inbox first = new()
        {
            Handling = async (_, _) =>
            {
                await gate.Task;
                return MessageOutcome.Acknowledge;
            },
        };
        Inbox second = new();
        SubscriptionOptions options = new() { QueueGroup = "g" };
        await using ISubscription one = await dying.SubscribeAsync(topic, first.HandleAsync, options);
        await publisher.PublishAsync(new OutgoingMessage(topic, "x"u8.ToArray()));
        await first.WaitAsync(1, fixture.Patience);
        await using ISubscription two = await publisher.SubscribeAsync(topic, second.HandleAsync, options);

        proxy.Cut(isForGood: true);

        Letter letter = (await second.WaitAsync(1, fixture.Patience))[0];
        Assert.Equal(("x", 2), (letter.Text, letter.Deliveries));
        // That it ends after all changes nothing: the message is no longer its own.
        gate.SetResult();
        await Waiting.UntilAsync(() => one.Counts.Acknowledged == 1, "the first handler has ended");
        Assert.Equal(1, two.Counts.Delivered);
    }

    [Fact]
    public async Task A_message_that_was_written_and_not_confirmed_may_have_been_published()
    {
        string topic = fixture.NewTopic("unknown");
        await using CuttingProxy proxy = new(fixture.Server.Port);
        await using RabbitMqBroker broker = await fixture.ConnectAsync(options => options.Endpoints = [proxy.Endpoint]);
        proxy.Hold();
        Task publishing = broker.PublishAsync(new OutgoingMessage(topic, "x"u8.ToArray())).AsTask();
        Task batch = broker.PublishAsync((OutgoingMessage[])[new(topic, "y"u8.ToArray()), new(topic, "z"u8.ToArray())]).AsTask();

        proxy.Cut(isForGood: true);

        foreach (Task task in (Task[])[publishing, batch])
        {
            RpcException error = await Assert.ThrowsAsync<RpcException>(() => task.WaitAsync(fixture.Patience));
            Assert.Equal((RpcStatusCode.Unavailable, RpcCallProgress.Unknown), (error.Code, error.Progress));
            Assert.Contains(broker.Address, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Publishing_while_the_connection_is_made_again_waits_for_it()
    {
        string topic = fixture.NewTopic("waiting");
        await using CuttingProxy proxy = new(fixture.Server.Port);
        await using RabbitMqBroker broker = await fixture.ConnectAsync(options =>
        {
            options.Endpoints = [proxy.Endpoint];
            options.PublishTimeout = fixture.Patience;
        });
        Inbox inbox = new();
        await using ISubscription subscription = await broker.SubscribeAsync(topic, inbox.HandleAsync);
        string queue = ((RabbitMqSubscription)subscription).QueueName;
        proxy.Cut(isForGood: true);
        await Waiting.UntilAsync(() => broker.State.Status == BrokerStatus.Reconnecting, "it sees the loss");
        Assert.NotNull(broker.State.Problem);
        Task publishing = broker.PublishAsync(new OutgoingMessage(topic, "x"u8.ToArray())).AsTask();
        await using RabbitMqBroker other = await fixture.ConnectAsync();
        await other.PublishAsync(new OutgoingMessage(topic, "meanwhile"u8.ToArray()));
        Assert.False(publishing.IsCompleted);

        proxy.Mend();

        await publishing.WaitAsync(fixture.Patience);
        await inbox.WaitAsync(2, fixture.Patience);
        Assert.Equal(["meanwhile", "x"], inbox.Texts);
        Assert.Equal(queue, ((RabbitMqSubscription)subscription).QueueName);
        Assert.Equal((BrokerStatus.Connected, null), (broker.State.Status, broker.State.Problem));
    }

    [Fact]
    public async Task Publishing_fails_when_the_connection_does_not_come_back_in_time()
    {
        await using CuttingProxy proxy = new(fixture.Server.Port);
        await using RabbitMqBroker broker = await fixture.ConnectAsync(options =>
        {
            options.Endpoints = [proxy.Endpoint];
            options.PublishTimeout = TimeSpan.FromMilliseconds(50);
            options.ConnectTimeout = TimeSpan.FromMilliseconds(500);
        });
        proxy.Cut(isForGood: true);
        await Waiting.UntilAsync(() => broker.State.Status == BrokerStatus.Reconnecting, "it sees the loss");

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await broker.PublishAsync(new OutgoingMessage("a", "x"u8.ToArray())));

        Assert.Equal((RpcStatusCode.Unavailable, RpcCallProgress.NotSent), (error.Code, error.Progress));
        RpcException subscribing = await Assert.ThrowsAsync<RpcException>(async () => await broker.SubscribeAsync("a", new Inbox().HandleAsync));
        Assert.Equal(RpcStatusCode.Unavailable, subscribing.Code);
        await broker.DisconnectAsync();
        Assert.Equal(BrokerStatus.Disconnected, broker.State.Status);
    }

    [Fact]
    public async Task A_server_that_confirms_nothing_is_waited_for_as_long_as_the_options_say_and_no_more_is_written_than_they_say()
    {
        await using CuttingProxy proxy = new(fixture.Server.Port);
        await using RabbitMqBroker broker = await fixture.ConnectAsync(options =>
        {
            options.Endpoints = [proxy.Endpoint];
            options.PublishTimeout = TimeSpan.FromMilliseconds(100);
            options.MaxOutstandingPublishes = 1;
        });
        proxy.Hold();

        RpcException first = await Assert.ThrowsAsync<RpcException>(async () => await broker.PublishAsync(new OutgoingMessage("a", "x"u8.ToArray())));
        RpcException second = await Assert.ThrowsAsync<RpcException>(async () => await broker.PublishAsync(new OutgoingMessage("a", "y"u8.ToArray())));

        Assert.Equal((RpcStatusCode.Unavailable, RpcCallProgress.Unknown), (first.Code, first.Progress));
        Assert.Equal((RpcStatusCode.ResourceExhausted, RpcCallProgress.NotSent), (second.Code, second.Progress));
        Assert.Contains(nameof(RabbitMqBrokerOptions.MaxOutstandingPublishes), second.Message, StringComparison.Ordinal);
        using CancellationTokenSource cancelled = new(TimeSpan.FromMilliseconds(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await broker.PublishAsync(new OutgoingMessage("a", "z"u8.ToArray()), cancelled.Token));
        proxy.Cut(isForGood: false);
        await Waiting.UntilAsync(() => broker.State.Status == BrokerStatus.Connected, "it is back");
    }

    [Fact]
    public async Task A_queue_that_somebody_removes_is_made_again()
    {
        string topic = fixture.NewTopic("removed");
        await using RabbitMqBroker broker = await fixture.ConnectAsync();
        await using IConnection plain = await fixture.ConnectPlainAsync();
        await using IChannel channel = await plain.CreateChannelAsync();
        Inbox inbox = new();
        await using ISubscription subscription = await broker.SubscribeAsync(topic, inbox.HandleAsync, new SubscriptionOptions { QueueGroup = "g" });

        await channel.QueueDeleteAsync($"rpc.g.{topic}");

        await Waiting.UntilAsync(async () => await NamesTests.ExistsAsync(plain, $"rpc.g.{topic}") && await channel.ConsumerCountAsync($"rpc.g.{topic}") == 1, "it is back");
        await broker.PublishAsync(new OutgoingMessage(topic, "x"u8.ToArray()));
        await inbox.WaitAsync(1, fixture.Patience);
        Assert.Equal(BrokerStatus.Connected, broker.State.Status);
    }

    [Fact]
    public async Task An_exchange_that_somebody_removes_is_made_again_with_its_bindings()
    {
        string topic = fixture.NewTopic("removed");
        await using RabbitMqBroker broker = await fixture.ConnectAsync(static options => options.Exchange = "removed-one");
        await using IConnection plain = await fixture.ConnectPlainAsync();
        await using IChannel channel = await plain.CreateChannelAsync();
        Inbox inbox = new();
        await using ISubscription subscription = await broker.SubscribeAsync(topic, inbox.HandleAsync);

        await channel.ExchangeDeleteAsync("removed-one");

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await broker.PublishAsync(new OutgoingMessage(topic, "x"u8.ToArray())));
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Contains("removed-one", error.Message, StringComparison.Ordinal);
        await broker.PublishAsync(new OutgoingMessage(topic, "y"u8.ToArray()));
        await inbox.WaitAsync(1, fixture.Patience);
        Assert.Equal(["y"], inbox.Texts);
    }

    [Fact]
    public async Task Many_publish_at_a_time_and_each_in_its_order()
    {
        string topic = fixture.NewTopic("many");
        await using RabbitMqBroker broker = await fixture.ConnectAsync(static options => options.MaxOutstandingPublishes = 100);
        Inbox inbox = new();
        await using ISubscription subscription = await broker.SubscribeAsync(topic + ".*", inbox.HandleAsync);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(publisher => Task.Run(async () =>
        {
            for (int batch = 0; batch < 5; batch++)
            {
                await broker.PublishAsync((OutgoingMessage[])[.. Enumerable.Range(batch * 100, 100).Select(
                    i => new OutgoingMessage($"{topic}.{publisher}", Encoding.ASCII.GetBytes(i.ToString(CultureInfo.InvariantCulture))))]);
            }
        })));

        IReadOnlyList<Letter> letters = await inbox.WaitAsync(4_000, fixture.Patience);
        string[] wanted = [.. Enumerable.Range(0, 500).Select(static i => i.ToString(CultureInfo.InvariantCulture))];
        Assert.All(letters.GroupBy(static letter => letter.Topic), one => Assert.Equal(wanted, one.Select(static letter => letter.Text)));
    }
}
