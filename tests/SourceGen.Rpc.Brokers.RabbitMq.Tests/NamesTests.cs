using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using SourceGen.Rpc.Brokers.Conformance;
using SourceGen.Rpc.Brokers.RabbitMq.Mapping;
using SourceGen.Rpc.Brokers.RabbitMq.Subscribing;
using SourceGen.Rpc.Brokers.RabbitMq.Tests.Support;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.RabbitMq.Tests;

/// <summary>What stands in the server, as docs/brokers/rabbitmq.md says: RabbitMQ refuses to declare anything again that is not the same.</summary>
[Collection(RabbitMqFixture.Name)]
public sealed class NamesTests(RabbitMqFixture fixture)
{
    [Fact]
    public async Task The_exchange_is_a_durable_topic_exchange()
    {
        await using RabbitMqBroker broker = await fixture.ConnectAsync(static options => options.Exchange = "shop-events");
        await using IConnection plain = await fixture.ConnectPlainAsync();
        await using IChannel channel = await plain.CreateChannelAsync();

        await channel.ExchangeDeclareAsync("shop-events", "topic", durable: true, autoDelete: false);
    }

    [Fact]
    public async Task A_group_has_one_queue_which_ends_with_its_last_member()
    {
        string topic = fixture.NewTopic("names");
        await using RabbitMqBroker broker = await fixture.ConnectAsync();
        await using IConnection plain = await fixture.ConnectPlainAsync();
        SubscriptionOptions options = new() { QueueGroup = "billing" };
        ISubscription first = await broker.SubscribeAsync(topic, new Inbox().HandleAsync, options);
        ISubscription second = await broker.SubscribeAsync(topic, new Inbox().HandleAsync, options);
        await using IChannel channel = await plain.CreateChannelAsync();

        QueueDeclareOk queue = await channel.QueueDeclareAsync(
            $"rpc.billing.{topic}", durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-expires"] = 60_000 });
        Assert.Equal(2u, queue.ConsumerCount);

        await first.DisposeAsync();
        Assert.True(await ExistsAsync(plain, $"rpc.billing.{topic}"));
        await second.DisposeAsync();
        Assert.False(await ExistsAsync(plain, $"rpc.billing.{topic}"));
    }

    [Fact]
    public async Task A_durable_group_has_a_queue_that_stays()
    {
        string topic = fixture.NewTopic("kept");
        await using RabbitMqBroker broker = await fixture.ConnectAsync();
        await using IConnection plain = await fixture.ConnectPlainAsync();
        await using (await broker.SubscribeAsync(topic, new Inbox().HandleAsync, new SubscriptionOptions { QueueGroup = "billing", IsDurable = true }))
        {
        }

        await using IChannel channel = await plain.CreateChannelAsync();
        QueueDeclareOk queue = await channel.QueueDeclareAsync($"rpc.billing.{topic}", durable: true, exclusive: false, autoDelete: false);
        Assert.Equal(0u, queue.ConsumerCount);
        await channel.QueueDeleteAsync($"rpc.billing.{topic}");
    }

    [Fact]
    public async Task A_subscription_alone_has_a_queue_of_its_own_which_ends_with_it()
    {
        string topic = fixture.NewTopic("alone");
        await using RabbitMqBroker broker = await fixture.ConnectAsync();
        await using IConnection plain = await fixture.ConnectPlainAsync();
        ISubscription subscription = await broker.SubscribeAsync(topic, new Inbox().HandleAsync);
        string name = ((RabbitMqSubscription)subscription).QueueName;
        Assert.Matches($"^rpc\\.{topic.Replace(".", "\\.", StringComparison.Ordinal)}\\.[0-9a-f]{{16}}$", name);
        Assert.True(await ExistsAsync(plain, name));

        await subscription.DisposeAsync();

        Assert.False(await ExistsAsync(plain, name));
    }

    [Fact]
    public async Task Members_of_a_group_are_all_durable_or_none_is()
    {
        string topic = fixture.NewTopic("mixed");
        await using RabbitMqBroker broker = await fixture.ConnectAsync();
        await using ISubscription first = await broker.SubscribeAsync(topic, new Inbox().HandleAsync, new SubscriptionOptions { QueueGroup = "g" });

        RpcException error = await Assert.ThrowsAsync<RpcException>(
            async () => await broker.SubscribeAsync(topic, new Inbox().HandleAsync, new SubscriptionOptions { QueueGroup = "g", IsDurable = true }));

        Assert.Equal(RpcStatusCode.FailedPrecondition, error.Code);
        Assert.Contains($"rpc.g.{topic}", error.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(SubscriptionOptions.IsDurable), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_is_persistent_and_carries_key_and_id_as_documented()
    {
        string topic = fixture.NewTopic("outgoing");
        await using RabbitMqBroker broker = await fixture.ConnectAsync();
        await using IConnection plain = await fixture.ConnectPlainAsync();
        await using IChannel channel = await plain.CreateChannelAsync();
        string queue = (await channel.QueueDeclareAsync()).QueueName;
        await channel.QueueBindAsync(queue, "rpc", topic);

        await broker.PublishAsync(new OutgoingMessage(topic, "x"u8.ToArray())
        {
            Id = "order-17",
            Key = 0xAB,
            Headers = (KeyValuePair<string, string>[])[new("tenant", "äcme"), new("many", "1"), new("many", "2")],
        });

        BasicGetResult got = (await channel.BasicGetAsync(queue, autoAck: true))!;
        Assert.Equal(("rpc", topic), (got.Exchange, got.RoutingKey));
        Assert.Equal(DeliveryModes.Persistent, got.BasicProperties.DeliveryMode);
        Assert.Equal("order-17", got.BasicProperties.MessageId);
        IDictionary<string, object?> headers = got.BasicProperties.Headers!;
        Assert.Equal(["many", "rpc-key", "tenant"], headers.Keys.Order());
        Assert.Equal("00000000000000ab", Encoding.UTF8.GetString((byte[])headers["rpc-key"]!));
        Assert.Equal("äcme", Encoding.UTF8.GetString((byte[])headers["tenant"]!));
    }

    [Fact]
    public async Task What_other_programs_publish_arrives_with_its_headers_as_texts()
    {
        string topic = fixture.NewTopic("foreign");
        await using RabbitMqBroker broker = await fixture.ConnectAsync();
        Inbox inbox = new();
        await using ISubscription subscription = await broker.SubscribeAsync(topic, inbox.HandleAsync);
        await using IConnection plain = await fixture.ConnectPlainAsync();
        await using IChannel channel = await plain.CreateChannelAsync();

        await channel.BasicPublishAsync("rpc", topic, mandatory: true, new BasicProperties
        {
            Headers = new Dictionary<string, object?>
            {
                ["number"] = 17L,
                ["flag"] = true,
                ["text"] = "words",
                ["nothing"] = null,
                ["table"] = new Dictionary<string, object?> { ["a"] = 1 },
                ["list"] = new List<object> { "1", "2" },
                ["rpc-key"] = "no number",
            },
        }, "hello"u8.ToArray());

        Letter letter = (await inbox.WaitAsync(1, fixture.Patience))[0];
        Assert.Equal(
            [("flag", "true"), ("list", "1"), ("list", "2"), ("number", "17"), ("rpc-key", "no number"), ("text", "words")],
            letter.Headers.Select(static header => (header.Key, header.Value)).Order());
        Assert.Equal(("hello", null, null), (letter.Text, letter.Key, letter.Id));
    }

    [Theory]
    [InlineData("a.b", "a.b")]
    [InlineData("a.*.b", "a.*.b")]
    [InlineData("*", "*")]
    [InlineData(">", "*.#")]
    [InlineData("a.>", "a.*.#")]
    [InlineData("a.*.>", "a.*.*.#")]
    public void Patterns_are_bindings(string pattern, string binding) => Assert.Equal(binding, QueueNames.BindingOf(TopicPattern.Parse(pattern)));

    [Fact]
    public async Task Names_that_are_too_long_end_with_a_hash()
    {
        string group = new('g', 255);
        string topic = string.Join('.', Enumerable.Repeat("abcdefg", 31));
        string name = QueueNames.ForSubscription("rpc", group, topic);
        Assert.Equal(200, name.Length);
        Assert.Equal(name, QueueNames.ForSubscription("rpc", group, topic));
        Assert.NotEqual(name, QueueNames.ForSubscription("rpc", group, topic + "x"));
        Assert.True(QueueNames.ForRetries(name, TimeSpan.FromDays(1)).Length < 255);

        await using RabbitMqBroker broker = await fixture.ConnectAsync();
        Inbox inbox = new();
        await using ISubscription subscription = await broker.SubscribeAsync(topic, inbox.HandleAsync, new SubscriptionOptions { QueueGroup = group });
        await broker.PublishAsync(new OutgoingMessage(topic, "x"u8.ToArray()));
        await inbox.WaitAsync(1, fixture.Patience);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 10)]
    [InlineData(20, 50)]
    [InlineData(1_000, 1_000)]
    [InlineData(1_001, 2_000)]
    [InlineData(86_400_000, 86_400_000)]
    public void Delays_are_rounded_up_to_one_of_a_few(int asked, int given) =>
        Assert.Equal(TimeSpan.FromMilliseconds(given), RetryDelays.RoundUp(TimeSpan.FromMilliseconds(asked)));

    internal static async Task<bool> ExistsAsync(IConnection plain, string queue)
    {
        await using IChannel channel = await plain.CreateChannelAsync();
        try
        {
            await channel.QueueDeclarePassiveAsync(queue);
            return true;
        }
        catch (OperationInterruptedException e) when (e.ShutdownReason?.ReplyCode == 404)
        {
            return false;
        }
    }
}
