using SourceGen.Rpc.Brokers.Conformance;
using SourceGen.Rpc.Registries.Memory;

namespace SourceGen.Rpc.PubSub.Tests.Direct;

/// <summary>What is particular to the broker without an engine: subscribers that are lost, buffers at the publisher, and who finds whom.</summary>
public sealed class DirectBrokerTests
{
    private static readonly SubscriptionOptions s_group = new() { QueueGroup = "g", RedeliveryDelay = TimeSpan.FromMilliseconds(10) };

    [Fact]
    public async Task WhatALostSubscriberHadGoesToAnotherOfItsGroup()
    {
        await using DirectLab lab = new();
        DirectBroker publisher = await lab.ConnectAsync();
        DirectBroker dying = await lab.ConnectAsync();
        TaskCompletionSource gate = DirectLab.NewGate();
        Inbox held = DirectLab.Gated(gate);
        await dying.SubscribeAsync("t", held.HandleAsync, s_group);
        await DirectLab.KnowAsync(publisher, "t", 1);
        for (int i = 0; i < 10; i++) await publisher.PublishAsync(DirectLab.Message($"{i}"));
        await held.WaitAsync(1, DirectLab.Patience);
        DirectBroker other = await lab.ConnectAsync();
        Inbox next = new();
        await other.SubscribeAsync("t", next.HandleAsync, s_group);
        await DirectLab.KnowAsync(publisher, "t", 2);
        await dying.Server!.StopAsync(new CancellationToken(canceled: true));
        IReadOnlyList<Letter> letters = await next.WaitAsync(10, DirectLab.Patience);
        Assert.Equal(Enumerable.Range(0, 10).Select(static i => $"{i}"), letters.Select(static letter => letter.Text));
        Assert.Equal(2, letters[0].Deliveries);
        gate.SetResult();
    }

    [Fact]
    public async Task AnUngroupedSubscriptionThatIsGoneLosesItsMessages_AndThePublisherGoesOn()
    {
        await using DirectLab lab = new();
        DirectBroker publisher = await lab.ConnectAsync(static options => options.Capacity = 4);
        DirectBroker other = await lab.ConnectAsync();
        TaskCompletionSource gate = DirectLab.NewGate();
        Inbox held = DirectLab.Gated(gate);
        ISubscription subscription = await other.SubscribeAsync("t", held.HandleAsync, new SubscriptionOptions { Prefetch = 1 });
        await DirectLab.KnowAsync(publisher, "t", 1);
        for (int i = 0; i < 4; i++) await publisher.PublishAsync(DirectLab.Message($"{i}"));
        await held.WaitAsync(1, DirectLab.Patience);
        Task waiting = publisher.PublishAsync(DirectLab.Message("no room")).AsTask();
        Task ending = subscription.UnsubscribeAsync().AsTask();
        await waiting.WaitAsync(DirectLab.Patience);
        gate.SetResult();
        await ending.WaitAsync(DirectLab.Patience);
        await DirectLab.UntilAsync(() => publisher.Hub!.Route("t").Length == 0, "the subscription to be forgotten");
        Assert.Equal(["0"], held.Texts);
    }

    [Fact]
    public async Task NobodyWaitsForAnUngroupedSubscriptionWhoseProcessIsLost()
    {
        await using DirectLab lab = new();
        DirectBroker publisher = await lab.ConnectAsync(static options =>
        {
            options.Capacity = 4;
            options.PublishTimeout = DirectLab.Patience;
        });
        DirectBroker other = await lab.ConnectAsync();
        TaskCompletionSource gate = DirectLab.NewGate();
        Inbox held = DirectLab.Gated(gate);
        await other.SubscribeAsync("t", held.HandleAsync);
        await DirectLab.KnowAsync(publisher, "t", 1);
        for (int i = 0; i < 4; i++) await publisher.PublishAsync(DirectLab.Message($"{i}"));
        await held.WaitAsync(1, DirectLab.Patience);
        Task waiting = publisher.PublishAsync(DirectLab.Message("no room")).AsTask();
        Assert.False(waiting.IsCompleted);
        await other.Server!.StopAsync(new CancellationToken(canceled: true));
        await waiting.WaitAsync(DirectLab.Patience / 2);
        Assert.Equal(1, publisher.Hub!.Dropped);
        gate.SetResult();
        await other.DisposeAsync(); // Deregistered, so that the publisher has nobody to wait for when it leaves.
    }

    [Fact]
    public async Task C47_ASlowSubscriberHoldsWhatItAskedFor_AndThePublisherWaitsForRoom()
    {
        await using DirectLab lab = new();
        DirectBroker publisher = await lab.ConnectAsync(static options =>
        {
            options.Capacity = 8;
            options.PublishTimeout = TimeSpan.FromMilliseconds(200);
        });
        DirectBroker other = await lab.ConnectAsync();
        TaskCompletionSource gate = DirectLab.NewGate();
        Inbox held = DirectLab.Gated(gate);
        await other.SubscribeAsync("t", held.HandleAsync, new SubscriptionOptions { Prefetch = 2 });
        await DirectLab.KnowAsync(publisher, "t", 1);
        for (int i = 0; i < 8; i++) await publisher.PublishAsync(DirectLab.Message($"{i}"));
        await held.WaitAsync(1, DirectLab.Patience);
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await publisher.PublishAsync(DirectLab.Message("too much")));
        Assert.Equal((RpcStatusCode.ResourceExhausted, RpcCallProgress.NotSent), (error.Code, error.Progress));
        Assert.Contains("a subscription to 't'", error.Message);
        Assert.Equal(2, publisher.Hub!.Route("t").Single().Members.Single().InFlight);
        gate.SetResult();
        await held.WaitAsync(8, DirectLab.Patience);
        await publisher.PublishAsync(DirectLab.Message("last"));
        await held.WaitAsync(9, DirectLab.Patience);
        Assert.Equal("last", held.Texts[^1]);
    }

    [Theory]
    [InlineData(OverflowPolicy.DropNewest)]
    [InlineData(OverflowPolicy.DropOldest)]
    public async Task C47_WhatHasNoRoomIsDroppedByThePolicyAndCounted(OverflowPolicy policy)
    {
        await using DirectLab lab = new();
        DirectBroker publisher = await lab.ConnectAsync(options =>
        {
            options.Capacity = 5;
            options.Overflow = policy;
        });
        DirectBroker other = await lab.ConnectAsync();
        TaskCompletionSource gate = DirectLab.NewGate();
        Inbox held = DirectLab.Gated(gate);
        await other.SubscribeAsync("t", held.HandleAsync, new SubscriptionOptions { Prefetch = 1 });
        await DirectLab.KnowAsync(publisher, "t", 1);
        await publisher.PublishAsync(DirectLab.Message("first"));
        await held.WaitAsync(1, DirectLab.Patience);
        for (int i = 0; i < 10; i++) await publisher.PublishAsync(DirectLab.Message($"{i}"));
        Assert.Equal(6, publisher.Hub!.Dropped);
        gate.SetResult();
        await held.WaitAsync(5, DirectLab.Patience);
        string[] wanted = policy == OverflowPolicy.DropNewest ? ["0", "1", "2", "3"] : ["6", "7", "8", "9"];
        Assert.Equal(wanted, held.Texts.Skip(1));
    }

    [Fact]
    public async Task AGroupThatIsAwayForAMomentGetsWhatWasPublishedMeanwhile()
    {
        await using DirectLab lab = new();
        DirectBroker publisher = await lab.ConnectAsync();
        DirectBroker first = await lab.ConnectAsync();
        await first.SubscribeAsync("t", new Inbox().HandleAsync, s_group);
        await DirectLab.KnowAsync(publisher, "t", 1);
        await first.DisposeAsync();
        await DirectLab.UntilAsync(() => publisher.Hub!.CountReady("t") == 0, "the member to be gone");
        await publisher.PublishAsync(DirectLab.Message("one"));
        await publisher.PublishAsync(DirectLab.Message("two"));
        Inbox inbox = new();
        DirectBroker second = await lab.ConnectAsync();
        await second.SubscribeAsync("t", inbox.HandleAsync, s_group);
        await inbox.WaitAsync(2, DirectLab.Patience);
        Assert.Equal(["one", "two"], inbox.Texts);
        Assert.All(inbox.Letters, static letter => Assert.Equal(1, letter.Deliveries));
    }

    [Fact]
    public async Task AGroupThatStaysAwayIsForgotten()
    {
        await using DirectLab lab = new();
        DirectBroker publisher = await lab.ConnectAsync(static options => options.GroupRetention = TimeSpan.FromMilliseconds(1));
        DirectBroker first = await lab.ConnectAsync();
        await first.SubscribeAsync("t", new Inbox().HandleAsync, s_group);
        await DirectLab.KnowAsync(publisher, "t", 1);
        await first.DisposeAsync();
        await DirectLab.UntilAsync(() => publisher.Hub!.Route("t").Length == 0, "the group to be forgotten");
    }

    [Fact]
    public async Task AMessageThatIsNotSettledInTimeGoesToAnother()
    {
        await using DirectLab lab = new();
        DirectBroker publisher = await lab.ConnectAsync();
        DirectBroker other = await lab.ConnectAsync();
        TaskCompletionSource gate = DirectLab.NewGate();
        Inbox held = DirectLab.Gated(gate);
        SubscriptionOptions options = new() { QueueGroup = "g", Prefetch = 1, AckTimeout = TimeSpan.FromMilliseconds(100) };
        await publisher.SubscribeAsync("t", held.HandleAsync, options);
        await DirectLab.KnowAsync(publisher, "t", 1);
        await publisher.PublishAsync(DirectLab.Message("slow"));
        await held.WaitAsync(1, DirectLab.Patience);
        Inbox next = new();
        await other.SubscribeAsync("t", next.HandleAsync, options);
        IReadOnlyList<Letter> letters = await next.WaitAsync(1, DirectLab.Patience);
        Assert.Equal(("slow", 2), (letters[0].Text, letters[0].Deliveries));

        // What is said too late changes nothing but that there is room again.
        gate.SetResult();
        held.Handling = static (_, _) => new(MessageOutcome.Acknowledge);
        for (int i = 0; i < 10; i++) await publisher.PublishAsync(DirectLab.Message($"{i}"));
        await held.WaitAsync(static letters => letters.Count > 1, DirectLab.Patience, "another one");
        await DirectLab.UntilAsync(() => held.Letters.Count + next.Letters.Count >= 12, "all of them");
    }

    [Fact]
    public async Task MessagesOfOneKeyGoToOneMember()
    {
        await using DirectLab lab = new();
        DirectBroker publisher = await lab.ConnectAsync();
        Inbox[] inboxes = [new(), new(), new()];
        foreach (Inbox inbox in inboxes) await (await lab.ConnectAsync()).SubscribeAsync("t", inbox.HandleAsync, s_group);
        await DirectLab.KnowAsync(publisher, "t", 3);
        for (int i = 0; i < 300; i++) await publisher.PublishAsync(DirectLab.Message($"{i}", key: (ulong)(i % 10)));
        await DirectLab.UntilAsync(() => inboxes.Sum(static inbox => inbox.Letters.Count) == 300, "all messages");
        for (ulong key = 0; key < 10; key++) Assert.Single(inboxes, inbox => inbox.Letters.Any(letter => letter.Key == key));
        Assert.All(inboxes, static inbox => Assert.NotEmpty(inbox.Letters));
    }

    [Fact]
    public async Task SubscribersComeAndGoWhileMessagesArePublished()
    {
        await using DirectLab lab = new();
        DirectBroker publisher = await lab.ConnectAsync();
        DirectBroker other = await lab.ConnectAsync();
        Inbox steady = new();
        await other.SubscribeAsync("t", steady.HandleAsync, s_group);
        await DirectLab.KnowAsync(publisher, "t", 1);
        const int count = 20_000;
        Task publishing = Task.Run(async () =>
        {
            for (int i = 0; i < count; i++) await publisher.PublishAsync(DirectLab.Message($"{i}"));
        });
        Inbox passing = new();
        while (!publishing.IsCompleted)
        {
            await using DirectBroker guest = await lab.ConnectAsync();
            await guest.SubscribeAsync("t", passing.HandleAsync, s_group);
            await Task.Delay(5);
        }

        await publishing;
        await DirectLab.UntilAsync(
            () => steady.Texts.Concat(passing.Texts).Distinct().Count() == count, "all messages");
    }

    [Fact]
    public async Task BrokersOfAnotherNameAreNotReached()
    {
        await using DirectLab lab = new();
        DirectBroker one = await lab.ConnectAsync(static options => options.Name = "one");
        DirectBroker same = await lab.ConnectAsync(static options => options.Name = "one");
        DirectBroker other = await lab.ConnectAsync(static options => options.Name = "other");
        Inbox inbox = new();
        await one.SubscribeAsync("t", inbox.HandleAsync);
        await DirectLab.KnowAsync(same, "t", 1);
        await other.PublishAsync(DirectLab.Message("other"));
        await same.PublishAsync(DirectLab.Message("same"));
        await inbox.WaitAsync(1, DirectLab.Patience);
        Assert.Equal(["same"], inbox.Texts);
    }

    [Fact]
    public async Task WithoutItsRegistryItGoesOnWithThoseWhoAreKnown_AndSaysSo()
    {
        await using DirectLab lab = new();
        MemoryRegistry registry = lab.NewRegistry();
        DirectBroker publisher = await lab.ConnectAsync(options => options.Registry = registry);
        DirectBroker other = await lab.ConnectAsync();
        Inbox inbox = new();
        await other.SubscribeAsync("t", inbox.HandleAsync);
        await DirectLab.KnowAsync(publisher, "t", 1);
        Assert.Equal(BrokerStatus.Connected, publisher.State.Status);
        await registry.DisposeAsync();
        await DirectLab.UntilAsync(() => publisher.State.Status == BrokerStatus.Reconnecting, "the state");
        Assert.NotNull(publisher.State.Problem);
        await publisher.PublishAsync(DirectLab.Message("still"));
        await inbox.WaitAsync(1, DirectLab.Patience);

        DirectBroker late = new(new DirectBrokerOptions { Registry = registry, Name = "late" });
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await late.ConnectAsync());
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Contains("direct://late", error.Message);
        Assert.Equal(BrokerStatus.Disconnected, late.State.Status);
    }

    [Fact]
    public async Task WhatWasPublishedIsHandledBeforeThePublisherLeaves()
    {
        await using DirectLab lab = new();
        DirectBroker publisher = await lab.ConnectAsync(static options => options.PublishTimeout = DirectLab.Patience);
        DirectBroker other = await lab.ConnectAsync();
        Inbox inbox = new()
        {
            Handling = static async (_, _) =>
            {
                await Task.Yield();
                return MessageOutcome.Acknowledge;
            },
        };
        await other.SubscribeAsync("t", inbox.HandleAsync, s_group);
        await DirectLab.KnowAsync(publisher, "t", 1);
        for (int i = 0; i < 1_000; i++) await publisher.PublishAsync(DirectLab.Message($"{i}"));
        await publisher.DisconnectAsync();
        Assert.Equal(1_000, inbox.Letters.Count);
    }

    [Fact]
    public async Task PublishingAllocatesNothing()
    {
        await using DirectLab lab = new();
        DirectBroker publisher = await lab.ConnectAsync();
        DirectBroker other = await lab.ConnectAsync();
        long handled = 0;
        await other.SubscribeAsync(
            "t",
            (_, _) =>
            {
                Interlocked.Increment(ref handled);
                return new ValueTask<MessageOutcome>(MessageOutcome.Acknowledge);
            },
            s_group);
        await DirectLab.KnowAsync(publisher, "t", 1);
        OutgoingMessage message = DirectLab.Message(new string('x', 64));
        long published = 0;
        long least = long.MaxValue;
        for (int round = 0; round < 10; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 1_000; i++)
            {
                ValueTask publishing = publisher.PublishAsync(in message);
                Assert.True(publishing.IsCompletedSuccessfully);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            published += 1_000;
            SpinWait.SpinUntil(() => Interlocked.Read(ref handled) == published, DirectLab.Patience);
        }

        Assert.Equal(0, least);
    }

    [Theory]
    [InlineData("direct://x", "has no registry")]
    [InlineData("direct://x?registry=memory", "percent-encoded")]
    [InlineData("direct://x?registry=nowhere%3A%2F%2Fx", "there are memory")]
    [InlineData("direct://a%20b?registry=memory%3A%2F%2Fx", "has the name")]
    [InlineData("direct://x?registry=memory%3A%2F%2Fx&listen=here", "listen=here")]
    [InlineData("direct://x?registry=memory%3A%2F%2Fx&capacity=0", "capacity=0")]
    [InlineData("direct://x?registry=memory%3A%2F%2Fx&overflow=explode", "wait, drop-oldest, drop-newest")]
    [InlineData("direct://x?registry=memory%3A%2F%2Fx&retention=0", "retention=0")]
    [InlineData("direct://x?size=3", "registry, listen")]
    public void AnAddressThatIsWrongIsNamed(string address, string what)
    {
        DirectBrokerProvider provider = new([new MemoryRegistryProvider()]);
        FormatException error = Assert.Throws<FormatException>(() => provider.Create(RpcAddress.Parse(address)));
        Assert.Contains(what, error.Message);
    }
}
