using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.Conformance;

/// <content>Messages that are kept: for a group that is away, for those who come late, for the next one when a subscriber dies.</content>
public abstract partial class BrokerConformance
{
    [Fact]
    public async Task ADurableGroupGetsWhatWasPublishedWhileItWasAway()
    {
        string topic = Fixture.NewTopic("durable");
        await using IBroker publisher = await ConnectAsync();
        SubscriptionOptions durable = new() { QueueGroup = "keepers", IsDurable = true };
        if (!Can(publisher, BrokerCapabilities.Durable))
        {
            await CannotAsync(publisher, topic, durable, Can(publisher, BrokerCapabilities.QueueGroups) ? nameof(BrokerCapabilities.Durable) : nameof(BrokerCapabilities.QueueGroups));
            return;
        }

        IBroker first = await ConnectAsync();
        Inbox before = new();
        await first.SubscribeAsync(topic, before.HandleAsync, durable);
        await Fixture.SettleAsync(publisher, topic, 1);
        await PublishAsync(publisher, topic, "one");
        await before.WaitAsync(1, Patience);
        await first.DisposeAsync();
        await PublishAsync(publisher, topic, "two", "three");
        await using IBroker second = await ConnectAsync();
        Inbox after = new();
        await using ISubscription subscription = await second.SubscribeAsync(topic, after.HandleAsync, durable);
        await after.WaitAsync(2, Patience);
        await PublishAsync(publisher, topic, "four");
        await after.WaitAsync(3, Patience);
        await Task.Delay(Fixture.Silence);
        Assert.Equal(["two", "three", "four"], after.Texts);
    }

    [Fact]
    public async Task WhoComesLateCanHaveWhatWasPublishedBefore()
    {
        string topic = Fixture.NewTopic("replay");
        await using IBroker broker = await ConnectAsync();
        SubscriptionOptions all = new() { Start = SubscriptionStart.All };
        if (!Can(broker, BrokerCapabilities.Replay))
        {
            await CannotAsync(broker, topic, all, nameof(BrokerCapabilities.Replay));
            return;
        }

        await PublishAsync(broker, topic, "one", "two");
        Inbox inbox = new();
        await using ISubscription subscription = await broker.SubscribeAsync(topic, inbox.HandleAsync, all);
        await inbox.WaitAsync(2, Patience);
        await PublishAsync(broker, topic, "three");
        await inbox.WaitAsync(3, Patience);
        Assert.Equal(["one", "two", "three"], inbox.Texts);
    }

    [Fact]
    public async Task WhatAnEndedSubscriptionHadNotBegunWithGoesToItsGroup()
    {
        string topic = Fixture.NewTopic("handover");
        await using IBroker publisher = await ConnectAsync();
        if (!Can(publisher, BrokerCapabilities.QueueGroups | BrokerCapabilities.Redelivery)) return;
        await using IBroker first = await ConnectAsync();
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Inbox slow = new()
        {
            Handling = async (_, _) =>
            {
                await gate.Task;
                return MessageOutcome.Acknowledge;
            },
        };
        SubscriptionOptions group = new() { QueueGroup = "g" };
        ISubscription leaving = await first.SubscribeAsync(topic, slow.HandleAsync, group);
        using Opening opening = new(gate);
        await Fixture.SettleAsync(publisher, topic, 1);
        Task publishing = PublishAsync(publisher, topic, Enumerable.Range(0, 10).Select(static i => $"m{i}"));
        await slow.WaitAsync(1, Patience);
        await using IBroker second = await ConnectAsync();
        Inbox next = new();
        await using ISubscription staying = await second.SubscribeAsync(topic, next.HandleAsync, group);
        Task ending = leaving.UnsubscribeAsync().AsTask();
        gate.TrySetResult();
        await ending.WaitAsync(Patience);
        await publishing.WaitAsync(Patience);
        long start = Environment.TickCount64;
        string[] wanted = [.. Enumerable.Range(0, 10).Select(static i => $"m{i}")];
        while (!wanted.All(text => slow.Texts.Contains(text) || next.Texts.Contains(text)))
        {
            Assert.True(Environment.TickCount64 - start < Patience.TotalMilliseconds, $"Lost: {string.Join(", ", wanted.Except(slow.Texts).Except(next.Texts))}");
            await Task.Delay(10);
        }
    }
}
