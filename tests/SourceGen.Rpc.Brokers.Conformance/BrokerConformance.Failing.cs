using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.Conformance;

/// <content>What becomes of messages that are not handled, of topics that are none, and of a broker that is not there.</content>
public abstract partial class BrokerConformance
{
    [Fact]
    public async Task C46_AMessageThatIsNotHandledComesAgainUpToALimitThenIsADeadLetter()
    {
        string topic = Fixture.NewTopic("redelivered");
        string dead = topic + "-dead";
        await using IBroker broker = await ConnectAsync();
        SubscriptionOptions options = new() { MaxDeliveries = 3, RedeliveryDelay = TimeSpan.FromMilliseconds(20) };
        if (!Can(broker, BrokerCapabilities.Redelivery))
        {
            await CannotAsync(broker, topic, options, nameof(BrokerCapabilities.Redelivery));
            return;
        }

        options.DeadLetterTopic = Can(broker, BrokerCapabilities.DeadLetters) ? dead : null;
        Inbox letters = new();
        Inbox inbox = new()
        {
            Handling = static (letter, _) => letter.Text switch
            {
                "thrown" => throw new InvalidOperationException("it was thrown"),
                "given back" => new(MessageOutcome.Redeliver("it was given back")),
                "twice" when letter.Deliveries == 1 => new(MessageOutcome.Redeliver()),
                "refused" => new(MessageOutcome.DeadLetter("it was refused")),
                _ => new(MessageOutcome.Acknowledge),
            },
        };
        await using ISubscription morgue = await broker.SubscribeAsync(dead, letters.HandleAsync);
        await using ISubscription subscription = await broker.SubscribeAsync(topic, inbox.HandleAsync, options);
        await Fixture.SettleAsync(broker, topic, 1);
        await Fixture.SettleAsync(broker, dead, 1);
        await broker.PublishAsync(new OutgoingMessage(topic, "thrown"u8.ToArray()) { Key = 7, Headers = (KeyValuePair<string, string>[])[new("tenant", "acme")] });
        await PublishAsync(broker, topic, "given back", "twice", "refused", "fine");
        await inbox.WaitAsync(3 + 3 + 2 + 1 + 1, Patience);
        if (options.DeadLetterTopic is not null) await letters.WaitAsync(3, Patience);
        await Task.Delay(Fixture.Silence);

        Assert.Equal(10, inbox.Letters.Count);
        Assert.Equal([1, 2, 3], DeliveriesOf("thrown"));
        Assert.Equal([1, 2, 3], DeliveriesOf("given back"));
        Assert.Equal([1, 2], DeliveriesOf("twice"));
        Assert.Equal([1], DeliveriesOf("refused"));
        Assert.Equal([1], DeliveriesOf("fine"));
        Assert.Equal(2, subscription.Counts.Acknowledged);
        Assert.Equal(10, subscription.Counts.Delivered);
        if (options.DeadLetterTopic is null) return;

        Assert.Equal(["given back", "refused", "thrown"], letters.Texts.Order());
        Letter thrown = letters.Letters.Single(static letter => letter.Text == "thrown");
        Assert.Equal((7UL, "acme"), (thrown.Key, thrown["tenant"]));
        Assert.Equal(topic, thrown[MessageHeaderNames.DeadLetterTopic]);
        Assert.Equal("it was thrown", thrown[MessageHeaderNames.DeadLetterReason]);
        Assert.Equal("3", thrown[MessageHeaderNames.DeadLetterDeliveries]);
        Assert.Equal("it was refused", letters.Letters.Single(static letter => letter.Text == "refused")[MessageHeaderNames.DeadLetterReason]);
        Assert.Equal(3, subscription.Counts.DeadLettered);

        IEnumerable<int> DeliveriesOf(string text) => inbox.Letters.Where(letter => letter.Text == text).Select(static letter => letter.Deliveries);
    }

    [Fact]
    public async Task C46_OneThatComesAgainHoldsUpThoseOfItsKeyWhereTheyAreOrdered()
    {
        string topic = Fixture.NewTopic("held");
        await using IBroker broker = await ConnectAsync();
        if (!Can(broker, BrokerCapabilities.Redelivery)) return; // The test above has seen that it says so.
        Inbox inbox = new()
        {
            Handling = static (letter, _) => new(letter is { Text: "a0", Deliveries: < 3 } ? MessageOutcome.Redeliver() : MessageOutcome.Acknowledge),
        };
        await using ISubscription subscription = await broker.SubscribeAsync(
            topic, inbox.HandleAsync, new SubscriptionOptions { OrderByKey = true, Concurrency = 2, RedeliveryDelay = TimeSpan.FromMilliseconds(20) });
        await Fixture.SettleAsync(broker, topic, 1);
        for (int i = 0; i < 3; i++) await broker.PublishAsync(Message(topic, $"a{i}", key: 4));
        await inbox.WaitAsync(5, Patience);
        Assert.Equal(["a0", "a0", "a0", "a1", "a2"], inbox.Texts);
        Assert.Equal([1, 2, 3, 1, 1], inbox.Letters.Select(static letter => letter.Deliveries));
    }

    [Fact]
    public async Task C47_PublishingWithNobodySubscribedIsNoError()
    {
        string topic = Fixture.NewTopic("nobody");
        await using IBroker broker = await ConnectAsync();
        await PublishAsync(broker, topic, "lost");
        Inbox inbox = new();
        await using ISubscription subscription = await broker.SubscribeAsync(topic, inbox.HandleAsync);
        await Fixture.SettleAsync(broker, topic, 1);
        await PublishAsync(broker, topic, "found");
        await inbox.WaitAsync(1, Patience);
        await Task.Delay(Fixture.Silence);
        Assert.Equal(["found"], inbox.Texts);
    }

    [Fact]
    public async Task C48_UnsubscribingWaitsForTheHandlerInProgressAndNothingComesAfterwards()
    {
        string topic = Fixture.NewTopic("ending");
        await using IBroker broker = await ConnectAsync();
        TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool hasEnded = false;
        Inbox inbox = new()
        {
            Handling = async (_, _) =>
            {
                entered.TrySetResult();
                await gate.Task;
                hasEnded = true;
                return MessageOutcome.Acknowledge;
            },
        };
        ISubscription subscription = await broker.SubscribeAsync(topic, inbox.HandleAsync);
        using Opening opening = new(gate);
        await Fixture.SettleAsync(broker, topic, 1);
        await PublishAsync(broker, topic, "first");
        await entered.Task.WaitAsync(Patience);
        Task ending = subscription.UnsubscribeAsync().AsTask();
        await Task.Delay(50);
        Assert.False(ending.IsCompleted);
        gate.TrySetResult();
        await ending.WaitAsync(Patience);
        Assert.True(hasEnded);
        await PublishAsync(broker, topic, "second");
        await Task.Delay(Fixture.Silence);
        Assert.Equal(["first"], inbox.Texts);
        await subscription.UnsubscribeAsync().AsTask().WaitAsync(Patience);
        await subscription.DisposeAsync().AsTask().WaitAsync(Patience);
    }

    [Fact]
    public async Task C48_WhoDoesNotWaitCancelsTheHandler()
    {
        string topic = Fixture.NewTopic("hurried");
        await using IBroker broker = await ConnectAsync();
        TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Inbox inbox = new()
        {
            Handling = async (_, token) =>
            {
                token.Register(() => cancelled.TrySetResult());
                entered.TrySetResult();
                await cancelled.Task;
                return MessageOutcome.Acknowledge;
            },
        };
        ISubscription subscription = await broker.SubscribeAsync(topic, inbox.HandleAsync);
        await Fixture.SettleAsync(broker, topic, 1);
        await PublishAsync(broker, topic, "one");
        await entered.Task.WaitAsync(Patience);
        await subscription.UnsubscribeAsync(new CancellationToken(canceled: true)).AsTask().WaitAsync(Patience);
        await cancelled.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task C49_NothingIsDoneBeforeItIsConnectedOrAfterItIsDisconnected()
    {
        string topic = Fixture.NewTopic("early");
        await using IBroker broker = Fixture.Create();
        Assert.Equal(BrokerStatus.Disconnected, broker.State.Status);
        await RefusesAsync();
        await broker.ConnectAsync().AsTask().WaitAsync(Patience);
        await broker.ConnectAsync().AsTask().WaitAsync(Patience);
        Assert.Equal(BrokerStatus.Connected, broker.State.Status);
        Inbox inbox = new();
        await broker.SubscribeAsync(topic, inbox.HandleAsync);
        await Fixture.SettleAsync(broker, topic, 1);
        await PublishAsync(broker, topic, "one");
        await inbox.WaitAsync(1, Patience);
        await broker.DisconnectAsync().AsTask().WaitAsync(Patience);
        await broker.DisconnectAsync().AsTask().WaitAsync(Patience);
        Assert.Equal(BrokerStatus.Disconnected, broker.State.Status);
        await RefusesAsync();
        await broker.ConnectAsync().AsTask().WaitAsync(Patience);
        await PublishAsync(broker, topic, "two");

        async Task RefusesAsync()
        {
            RpcException publishing = await Assert.ThrowsAsync<RpcException>(async () => await broker.PublishAsync(Message(topic, "early")));
            Assert.Equal((RpcStatusCode.FailedPrecondition, RpcCallProgress.NotSent), (publishing.Code, publishing.Progress));
            Assert.Contains(broker.Address, publishing.Message, StringComparison.Ordinal);
            RpcException subscribing = await Assert.ThrowsAsync<RpcException>(async () => await broker.SubscribeAsync(topic, new Inbox().HandleAsync));
            Assert.Equal(RpcStatusCode.FailedPrecondition, subscribing.Code);
        }
    }

    [Fact]
    public async Task C49_SubscriptionsComeBackWithTheConnection()
    {
        if (!Fixture.HasEngine) return;
        string topic = Fixture.NewTopic("returning");
        await using IBroker broker = await ConnectAsync();
        await using IBroker other = await ConnectAsync();
        Inbox inbox = new();
        Inbox group = new();
        await using ISubscription one = await broker.SubscribeAsync(topic, inbox.HandleAsync);
        await using ISubscription two = await broker.SubscribeAsync(topic, group.HandleAsync, new SubscriptionOptions { QueueGroup = "g" });
        await Fixture.SettleAsync(other, topic, 2);
        await PublishAsync(other, topic, "before");
        await inbox.WaitAsync(1, Patience);
        await group.WaitAsync(1, Patience);
        await Fixture.KillEngineAsync();
        long start = Environment.TickCount64;
        while (broker.State.Status != BrokerStatus.Reconnecting)
        {
            Assert.True(Environment.TickCount64 - start < Patience.TotalMilliseconds, "It did not see that the engine is gone.");
            await Task.Delay(10);
        }

        Assert.NotNull(broker.State.Problem);
        await Fixture.RestartEngineAsync();
        bool isBack = false;
        for (int i = 0; !isBack; i++)
        {
            Assert.True(Environment.TickCount64 - start < Patience.TotalMilliseconds * 2, $"Nothing came after the engine's return: {broker.State}");
            try
            {
                await other.PublishAsync(Message(topic, $"after {i}"));
            }
            catch (RpcException e) when (e.Code is RpcStatusCode.Unavailable or RpcStatusCode.DeadlineExceeded)
            {
                // It is on its way back.
            }

            await Task.Delay(50);
            isBack = inbox.Letters.Count > 1 && group.Letters.Count > 1;
        }

        Assert.Equal(BrokerStatus.Connected, broker.State.Status);
        Assert.Null(broker.State.Problem);
    }

    [Fact]
    public async Task AnAddressWhereNobodyListensIsNamed()
    {
        await using IBroker? broker = Fixture.CreateUnreachable();
        if (broker is null) return;
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await broker.ConnectAsync().AsTask().WaitAsync(Patience));
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Contains(broker.Address, error.Message, StringComparison.Ordinal);
        Assert.Equal(BrokerStatus.Disconnected, broker.State.Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("a.")]
    [InlineData("a b")]
    [InlineData("a.*")]
    [InlineData("a.>")]
    [InlineData("ä")]
    [InlineData("a\r\nPUB b 0")]
    public async Task ATopicThatIsNoneIsRefused(string topic)
    {
        await using IBroker broker = await ConnectAsync();
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await broker.PublishAsync(Message(topic, "x")));
        Assert.Equal((RpcStatusCode.InvalidArgument, RpcCallProgress.NotSent), (error.Code, error.Progress));
        if (topic is "a.*" or "a.>") return;
        RpcException subscribing = await Assert.ThrowsAsync<RpcException>(async () => await broker.SubscribeAsync(topic, new Inbox().HandleAsync));
        Assert.Equal(RpcStatusCode.InvalidArgument, subscribing.Code);
    }

    [Fact]
    public async Task AMessageThatIsTooLargeIsNamedAndTheNextOneIsPublished()
    {
        if (Fixture.MaxMessageBytes is not { } limit) return;
        string topic = Fixture.NewTopic("large");
        await using IBroker broker = await ConnectAsync();
        Inbox inbox = new();
        await using ISubscription subscription = await broker.SubscribeAsync(topic, inbox.HandleAsync);
        await Fixture.SettleAsync(broker, topic, 1);
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await broker.PublishAsync(new OutgoingMessage(topic, new byte[limit + 1])));
        Assert.Equal((RpcStatusCode.InvalidArgument, RpcCallProgress.NotSent), (error.Code, error.Progress));
        Assert.Contains(topic, error.Message, StringComparison.Ordinal);
        await PublishAsync(broker, topic, "small");
        Assert.Equal("small", (await inbox.WaitAsync(1, Patience))[0].Text);
    }

    [Fact]
    public async Task OptionsThatContradictEachOtherAreRefused()
    {
        string topic = Fixture.NewTopic("options");
        await using IBroker broker = await ConnectAsync();
        await Refused(new SubscriptionOptions { Concurrency = 0 }, nameof(SubscriptionOptions.Concurrency));
        await Refused(new SubscriptionOptions { Concurrency = 10, Prefetch = 5 }, nameof(SubscriptionOptions.Prefetch));
        await Refused(new SubscriptionOptions { QueueGroup = "a.b" }, nameof(SubscriptionOptions.QueueGroup));
        await Refused(new SubscriptionOptions { IsDurable = true }, nameof(SubscriptionOptions.QueueGroup));
        await Refused(new SubscriptionOptions { MaxDeliveries = 0 }, nameof(SubscriptionOptions.MaxDeliveries));
        await Refused(new SubscriptionOptions { DeadLetterTopic = "a b" }, nameof(SubscriptionOptions.DeadLetterTopic));

        async Task Refused(SubscriptionOptions options, string name)
        {
            ArgumentException error = await Assert.ThrowsAnyAsync<ArgumentException>(
                async () => await broker.SubscribeAsync(topic, new Inbox().HandleAsync, options));
            Assert.Contains(name, error.Message, StringComparison.Ordinal);
        }
    }
}
