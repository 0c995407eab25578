using System.Text;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.Conformance;

/// <content>Who gets which message, and what is in it.</content>
public abstract partial class BrokerConformance
{
    [Fact]
    public async Task C45_EverySubscriptionGetsEachMessageInItsOrder()
    {
        string topic = Fixture.NewTopic("all");
        await using IBroker publisher = await ConnectAsync();
        await using IBroker other = await ConnectAsync();
        Inbox first = new();
        Inbox second = new();
        Inbox elsewhere = new();
        await using ISubscription one = await publisher.SubscribeAsync(topic, first.HandleAsync);
        await using ISubscription two = await other.SubscribeAsync(topic, second.HandleAsync);
        await using ISubscription three = await other.SubscribeAsync(topic + "x", elsewhere.HandleAsync);
        await Fixture.SettleAsync(publisher, topic, 2);
        string[] texts = [.. Enumerable.Range(0, 100).Select(static i => $"m{i}")];
        await PublishAsync(publisher, topic, texts);
        await first.WaitAsync(100, Patience);
        await second.WaitAsync(100, Patience);
        Assert.Equal(texts, first.Texts);
        Assert.Equal(texts, second.Texts);
        Assert.Empty(elsewhere.Letters);
        Assert.All(first.Letters, letter => Assert.Equal((topic, 1), (letter.Topic, letter.Deliveries)));
        Assert.Equal(topic, one.Topic);
    }

    [Fact]
    public async Task C45_WithinAGroupOneMemberGetsEachMessage()
    {
        string topic = Fixture.NewTopic("groups");
        await using IBroker publisher = await ConnectAsync();
        SubscriptionOptions red = new() { QueueGroup = "red" };
        if (!Can(publisher, BrokerCapabilities.QueueGroups))
        {
            await CannotAsync(publisher, topic, red, nameof(BrokerCapabilities.QueueGroups));
            return;
        }

        await using IBroker other = await ConnectAsync();
        Inbox[] reds = [new(), new(), new()];
        Inbox blue = new();
        Inbox alone = new();
        await using ISubscription a = await publisher.SubscribeAsync(topic, reds[0].HandleAsync, red);
        await using ISubscription b = await other.SubscribeAsync(topic, reds[1].HandleAsync, red);
        await using ISubscription c = await other.SubscribeAsync(topic, reds[2].HandleAsync, red);
        await using ISubscription d = await other.SubscribeAsync(topic, blue.HandleAsync, new SubscriptionOptions { QueueGroup = "blue" });
        await using ISubscription e = await publisher.SubscribeAsync(topic, alone.HandleAsync);
        await Fixture.SettleAsync(publisher, topic, 5);
        string[] texts = [.. Enumerable.Range(0, 200).Select(static i => $"m{i}")];
        await PublishAsync(publisher, topic, texts);
        await blue.WaitAsync(200, Patience);
        await alone.WaitAsync(200, Patience);
        long start = Environment.TickCount64;
        while (reds.Sum(static inbox => inbox.Letters.Count) < 200)
        {
            Assert.True(Environment.TickCount64 - start < Patience.TotalMilliseconds, "The group did not get all.");
            await Task.Delay(5);
        }

        await Task.Delay(Fixture.Silence);
        Assert.Equal(texts.Order(), reds.SelectMany(static inbox => inbox.Texts).Order());
        Assert.Equal(texts, blue.Texts);
        Assert.Equal(texts, alone.Texts);
        Assert.True(reds.Count(static inbox => inbox.Letters.Count > 0) > 1, "One member of three got everything.");
    }

    [Fact]
    public async Task WhatAMessageCarriesArrives()
    {
        string topic = Fixture.NewTopic("content");
        await using IBroker broker = await ConnectAsync();
        Inbox inbox = new();
        await using ISubscription subscription = await broker.SubscribeAsync(topic, inbox.HandleAsync);
        await Fixture.SettleAsync(broker, topic, 1);
        await broker.PublishAsync(new OutgoingMessage(topic, Encoding.UTF8.GetBytes("héllo, wörld")) { Key = 0xFEDC_BA98_7654_3210, Id = "id-1", Headers = (KeyValuePair<string, string>[])[new("tenant", "acme"), new("Trace-Id", "a b;c=d")] });
        await broker.PublishAsync(new OutgoingMessage(topic, default));
        await broker.PublishAsync(new OutgoingMessage(topic, Encoding.UTF8.GetBytes(new string('x', 100_000))));
        IReadOnlyList<Letter> letters = await inbox.WaitAsync(3, Patience);
        Assert.Equal("héllo, wörld", letters[0].Text);
        Assert.Equal(0xFEDC_BA98_7654_3210, letters[0].Key);
        Assert.Equal("id-1", letters[0].Id);
        Assert.Equal("acme", letters[0]["tenant"]);
        Assert.Equal("a b;c=d", letters[0]["trace-id"]);
        Assert.Equal(2, letters[0].Headers.Count);
        Assert.Equal(("", null, 0), (letters[1].Text, letters[1].Key, letters[1].Headers.Count));
        Assert.Equal(100_000, letters[2].Text.Length);
    }

    [Fact]
    public async Task PatternsMatchTokens()
    {
        string topic = Fixture.NewTopic("patterns");
        await using IBroker broker = await ConnectAsync();
        if (!Can(broker, BrokerCapabilities.Patterns))
        {
            await CannotAsync(broker, topic + ".*", new SubscriptionOptions(), nameof(BrokerCapabilities.Patterns));
            return;
        }

        Inbox one = new();
        Inbox rest = new();
        Inbox middle = new();
        await using ISubscription a = await broker.SubscribeAsync(topic + ".*", one.HandleAsync);
        await using ISubscription b = await broker.SubscribeAsync(topic + ".>", rest.HandleAsync);
        await using ISubscription c = await broker.SubscribeAsync(topic + ".*.c", middle.HandleAsync);
        await Fixture.SettleAsync(broker, topic + ".a", 2);
        await PublishAsync(broker, topic, "none");
        await PublishAsync(broker, topic + ".a", "a");
        await PublishAsync(broker, topic + ".b.c", "b.c");
        await PublishAsync(broker, topic + ".b.d", "b.d");
        await PublishAsync(broker, topic + ".z", "z");
        await rest.WaitAsync(4, Patience);
        await one.WaitAsync(2, Patience);
        await middle.WaitAsync(1, Patience);
        await Task.Delay(Fixture.Silence);
        Assert.Equal(["a", "z"], one.Texts);
        Assert.Equal(["a", "b.c", "b.d", "z"], rest.Texts);
        Assert.Equal(["b.c"], middle.Texts);
        Assert.Equal(topic + ".b.c", middle.Letters[0].Topic);
    }

    [Fact]
    public async Task AsManyAreHandledAtATimeAsTheOptionsSay()
    {
        string topic = Fixture.NewTopic("concurrency");
        await using IBroker broker = await ConnectAsync();
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int running = 0;
        int most = 0;
        Inbox inbox = new()
        {
            Handling = async (_, _) =>
            {
                int now = Interlocked.Increment(ref running);
                lock (gate) most = Math.Max(most, now);
                await gate.Task;
                Interlocked.Decrement(ref running);
                return MessageOutcome.Acknowledge;
            },
        };
        await using ISubscription subscription = await broker.SubscribeAsync(topic, inbox.HandleAsync, new SubscriptionOptions { Concurrency = 4 });
        using Opening opening = new(gate);
        await Fixture.SettleAsync(broker, topic, 1);
        Task publishing = PublishAsync(broker, topic, Enumerable.Range(0, 20).Select(static i => $"m{i}"));
        await inbox.WaitAsync(4, Patience);
        await Task.Delay(Fixture.Silence);
        Assert.Equal(4, inbox.Letters.Count);
        gate.TrySetResult();
        await publishing.WaitAsync(Patience);
        await inbox.WaitAsync(20, Patience);
        Assert.Equal(4, most);
    }

    [Fact]
    public async Task MessagesWithOneKeyAreHandledInOrderAndOthersBesideThem()
    {
        string topic = Fixture.NewTopic("keys");
        await using IBroker broker = await ConnectAsync();
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Inbox inbox = new()
        {
            Handling = async (letter, _) =>
            {
                if (letter.Text == "a0") await gate.Task;
                else await Task.Yield();
                return MessageOutcome.Acknowledge;
            },
        };
        await using ISubscription subscription = await broker.SubscribeAsync(
            topic, inbox.HandleAsync, new SubscriptionOptions { Concurrency = 8, OrderByKey = true });
        using Opening opening = new(gate);
        await Fixture.SettleAsync(broker, topic, 1);
        List<Task> publishing = [];
        for (int i = 0; i < 20; i++)
        {
            publishing.Add(broker.PublishAsync(Message(topic, $"a{i}", key: 0)).AsTask());
            publishing.Add(broker.PublishAsync(Message(topic, $"b{i}", key: 1)).AsTask());
        }

        // One of a waits; those of b go past it.
        await inbox.WaitAsync(
            static letters => letters.Count(static letter => letter.Key == 1) == 20 && letters.Any(static letter => letter.Key == 0), Patience, "20 of b, and one of a");
        Assert.Equal(["a0"], inbox.Letters.Where(static letter => letter.Key == 0).Select(static letter => letter.Text));
        gate.TrySetResult();
        await inbox.WaitAsync(40, Patience);
        await Task.WhenAll(publishing).WaitAsync(Patience);
        foreach (ulong key in (ulong[])[0, 1])
        {
            Assert.Equal(
                Enumerable.Range(0, 20).Select(i => $"{(key == 0 ? 'a' : 'b')}{i}"),
                inbox.Letters.Where(letter => letter.Key == key).Select(static letter => letter.Text));
        }
    }

    [Fact]
    public async Task ABatchIsPublishedInItsOrder()
    {
        string topic = Fixture.NewTopic("batch");
        await using IBroker broker = await ConnectAsync();
        Inbox inbox = new();
        await using ISubscription subscription = await broker.SubscribeAsync(topic, inbox.HandleAsync);
        await Fixture.SettleAsync(broker, topic, 1);
        OutgoingMessage[] messages = [.. Enumerable.Range(0, 500).Select(i => Message(topic, $"m{i}"))];
        await broker.PublishAsync(messages).AsTask().WaitAsync(Patience);
        await inbox.WaitAsync(500, Patience);
        Assert.Equal(Enumerable.Range(0, 500).Select(static i => $"m{i}"), inbox.Texts);
    }
}
