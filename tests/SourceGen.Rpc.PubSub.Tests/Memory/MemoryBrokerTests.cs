using SourceGen.Rpc.Brokers.Conformance;

namespace SourceGen.Rpc.PubSub.Tests.Memory;

/// <summary>What is particular to the broker within the process: names, and buffers that are full.</summary>
public sealed class MemoryBrokerTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task BrokersOfAnotherNameAreNotReached()
    {
        await using MemoryBroker one = await ConnectAsync("memory://one");
        await using MemoryBroker same = await ConnectAsync("memory://one");
        await using MemoryBroker other = await ConnectAsync("memory://other");
        Inbox inbox = new();
        await one.SubscribeAsync("t", inbox.HandleAsync);
        await other.PublishAsync(Message("other"));
        await same.PublishAsync(Message("same"));
        await inbox.WaitAsync(1, s_patience);
        Assert.Equal(["same"], inbox.Texts);
    }

    [Fact]
    public async Task C47_WhoPublishesWaitsForRoomAndFailsWhenNoneComes()
    {
        await using MemoryBroker broker = new(new MemoryBrokerOptions { Name = "full", Capacity = 4, PublishTimeout = TimeSpan.FromMilliseconds(100) });
        await broker.ConnectAsync();
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Inbox inbox = Gated(gate);
        ISubscription subscription = await broker.SubscribeAsync("t", inbox.HandleAsync);
        int published = await FillAsync(broker, inbox);
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await broker.PublishAsync(Message("too much")));
        Assert.Equal((RpcStatusCode.ResourceExhausted, RpcCallProgress.NotSent), (error.Code, error.Progress));
        Assert.Contains("a subscription to 't'", error.Message);

        Task waiting = broker.PublishAsync(Message("last")).AsTask();
        gate.SetResult();
        await waiting.WaitAsync(s_patience);
        await inbox.WaitAsync(published + 1, s_patience);
        Assert.Equal("last", inbox.Texts[^1]);
        Assert.Equal(0, subscription.Counts.Dropped);
    }

    [Theory]
    [InlineData("drop-newest")]
    [InlineData("drop-oldest")]
    public async Task C47_WhatHasNoRoomIsDroppedByThePolicyAndCounted(string policy)
    {
        await using MemoryBroker broker = await ConnectAsync($"memory://{policy}?capacity=4&overflow={policy}");
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Inbox inbox = Gated(gate);
        ISubscription subscription = await broker.SubscribeAsync("t", inbox.HandleAsync, new SubscriptionOptions { Concurrency = 2 });

        // Each of the two handlers takes one message, and those after them wait.
        await broker.PublishAsync(Message("a"));
        await broker.PublishAsync(Message("b"));
        await inbox.WaitAsync(2, s_patience);
        for (int i = 0; i < 10; i++) await broker.PublishAsync(Message($"{i}"));
        gate.SetResult();
        await inbox.WaitAsync(6, s_patience);
        string[] wanted = policy == "drop-newest" ? ["0", "1", "2", "3"] : ["6", "7", "8", "9"];
        Assert.Equal(wanted, inbox.Texts.Skip(2).Order(StringComparer.Ordinal)); // Two handlers at a time.
        Assert.Equal(6, subscription.Counts.Dropped);
    }

    [Fact]
    public async Task WhatAnEndedMemberHadNotBegunWithGoesToAnother_AndWhatItGaveBackToo()
    {
        await using MemoryBroker broker = await ConnectAsync("memory://group");
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Inbox leaving = Gated(gate);
        SubscriptionOptions group = new() { QueueGroup = "g", RedeliveryDelay = TimeSpan.FromMilliseconds(10) };
        ISubscription first = await broker.SubscribeAsync("t", leaving.HandleAsync, group);
        for (int i = 0; i < 5; i++) await broker.PublishAsync(Message($"{i}"));
        await leaving.WaitAsync(1, s_patience);
        Inbox staying = new();
        await broker.SubscribeAsync("t", staying.HandleAsync, group);
        leaving.Handling = static (_, _) => new(MessageOutcome.Redeliver());
        Task ended = first.UnsubscribeAsync().AsTask();
        gate.SetResult();
        await ended.WaitAsync(s_patience);
        await staying.WaitAsync(4, s_patience);
        Assert.Equal(["1", "2", "3", "4"], staying.Texts);
    }

    [Fact]
    public async Task SubscribersComeAndGoWhileMessagesArePublished()
    {
        const int count = 20_000;
        await using MemoryBroker broker = await ConnectAsync($"memory://churn?overflow=drop-newest&capacity={count}"); // Room for all: none is dropped.
        Inbox steady = new();
        await broker.SubscribeAsync("t", steady.HandleAsync, new SubscriptionOptions { QueueGroup = "g" });
        Task publishing = Task.Run(async () =>
        {
            for (int i = 0; i < count; i++) await broker.PublishAsync(Message($"{i}"));
        });
        Inbox passing = new();
        while (!publishing.IsCompleted)
        {
            await using ISubscription one = await broker.SubscribeAsync("t", passing.HandleAsync, new SubscriptionOptions { QueueGroup = "g" });
            await Task.Yield();
        }

        await publishing;
        long start = Environment.TickCount64;
        while (steady.Letters.Count + passing.Letters.Count < count)
        {
            Assert.True(Environment.TickCount64 - start < s_patience.TotalMilliseconds, $"{steady.Letters.Count + passing.Letters.Count} came.");
            await Task.Delay(10);
        }

        Assert.Equal(count, steady.Texts.Concat(passing.Texts).Distinct().Count());
    }

    [Theory]
    [InlineData("memory://x?capacity=0", "capacity=0")]
    [InlineData("memory://x?overflow=explode", "wait, drop-oldest, drop-newest")]
    [InlineData("memory://x?size=3", "capacity, overflow")]
    public void AnAddressThatIsWrongIsNamed(string address, string what)
    {
        FormatException error = Assert.Throws<FormatException>(() => new MemoryBrokerProvider().Create(RpcAddress.Parse(address)));
        Assert.Contains(what, error.Message);
    }

    private static async Task<MemoryBroker> ConnectAsync(string address)
    {
        MemoryBroker broker = (MemoryBroker)new MemoryBrokerProvider().Create(RpcAddress.Parse(address));
        await broker.ConnectAsync();
        return broker;
    }

    private static async Task<int> FillAsync(MemoryBroker broker, Inbox inbox)
    {
        await broker.PublishAsync(Message("first"));
        await inbox.WaitAsync(1, s_patience);
        for (int i = 0; i < 4; i++) await broker.PublishAsync(Message($"{i}"));
        return 5;
    }

    private static Inbox Gated(TaskCompletionSource gate) => new()
    {
        Handling = async (_, _) =>
        {
            await gate.Task;
            return MessageOutcome.Acknowledge;
        },
    };

    private static OutgoingMessage Message(string text) => new("t", System.Text.Encoding.UTF8.GetBytes(text));
}
