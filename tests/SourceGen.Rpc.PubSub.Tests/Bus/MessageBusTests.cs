using System.Diagnostics;
using System.Text;
using SourceGen.Rpc.Brokers.Conformance;
using SourceGen.Rpc.PubSub.Tests.Support;

namespace SourceGen.Rpc.PubSub.Tests.Bus;

/// <summary>Events of an interface, published and handled.</summary>
public sealed class MessageBusTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task WhatAPublisherIsCalledWithIsWhatHandlersAreCalledWith_InOrder()
    {
        await using MessageBus bus = await ConnectAsync();
        OrderLog one = new();
        OrderLog two = new();
        ISubscription subscription = await bus.SubscribeAsync<IOrderEvents>(one);
        await bus.SubscribeAsync<IOrderEvents>(two);
        Assert.Equal("tests.orders.>", subscription.Topic);
        IOrderEvents orders = bus.GetPublisher<IOrderEvents>();
        Assert.Same(orders, bus.GetPublisher<IOrderEvents>());
        await orders.PlacedAsync(new OrderPlaced("17", 3));
        await orders.ShippedAsync("17", 2);
        await orders.CancelledAsync();
        string[] wanted = ["placed 17 x3", "shipped 17 in 2", "cancelled"];
        Assert.Equal(wanted, await one.WaitAsync(3));
        Assert.Equal(wanted, await two.WaitAsync(3));
    }

    [Fact]
    public async Task AClassWithAQueueGroupSharesItsEvents_UnlessTheOptionsSayOtherwise()
    {
        await using MessageBus bus = await ConnectAsync();
        Billing[] group = [new(), new()];
        Billing other = new();
        foreach (Billing member in group) await bus.SubscribeAsync<IOrderEvents>(member);
        ISubscription own = await bus.SubscribeAsync<IOrderEvents>(other, new SubscriptionOptions { QueueGroup = "audit" });
        Assert.Equal("audit", own.Options.QueueGroup);
        for (int i = 0; i < 20; i++) await bus.GetPublisher<IOrderEvents>().ShippedAsync($"{i}", i);
        Assert.Equal(20, (await other.WaitAsync(20)).Length);
        while (group.Sum(static member => member.Seen.Count) < 20) await Task.Delay(2);
        Assert.Equal(20, group.SelectMany(static member => member.Seen).Distinct().Count());
    }

    [Fact]
    public async Task WithoutPatternsEachEventHasASubscriptionOfItsOwn_WhichAreOneToTheCaller()
    {
        PatternlessBroker broker = new();
        await using MessageBus bus = new(broker);
        await bus.ConnectAsync();
        OrderLog log = new();
        ISubscription subscription = await bus.SubscribeAsync<IOrderEvents>(log, new SubscriptionOptions { QueueGroup = "audit" });
        Assert.Equal("tests.orders", subscription.Topic);
        Assert.Equal("audit", subscription.Options.QueueGroup);
        string[] topics = [.. broker.Subscriptions.Select(static one => one.Topic).Order(StringComparer.Ordinal)];
        Assert.Equal(["tests.orders.Cancelled", "tests.orders.Placed", "tests.orders.Shipped"], topics);
        IOrderEvents orders = bus.GetPublisher<IOrderEvents>();
        await orders.PlacedAsync(new OrderPlaced("17", 3));
        await orders.ShippedAsync("17", 2);
        await orders.CancelledAsync();
        Assert.Equal(["cancelled", "placed 17 x3", "shipped 17 in 2"], (await log.WaitAsync(3)).Order(StringComparer.Ordinal));
        await subscription.UnsubscribeAsync();
        Assert.Equal((3, 3), (subscription.Counts.Delivered, subscription.Counts.Acknowledged));
        await orders.CancelledAsync();
        Assert.Equal(3, log.Seen.Count);
    }

    [Fact]
    public async Task WithoutPatternsAnEventThatCannotBeSubscribedToLeavesNothingBehind()
    {
        PatternlessBroker broker = new(refused: "tests.orders.Shipped");
        await using MessageBus bus = new(broker);
        await bus.ConnectAsync();
        OrderLog log = new();
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await bus.SubscribeAsync<IOrderEvents>(log));
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Equal(2, broker.Subscriptions.Count);
        await bus.GetPublisher<IOrderEvents>().CancelledAsync();
        await bus.DisposeAsync(); // Waits for handlers, if there were any.
        Assert.Empty(log.Seen);
    }

    [Fact]
    public async Task OneThatThrowsGetsItsEventAgain_AndARejectedOneIsADeadLetterAtOnce()
    {
        await using MessageBus bus = await ConnectAsync();
        Inbox dead = new();
        await bus.Broker.SubscribeAsync("tests.dead", dead.HandleAsync);
        OrderLog log = new()
        {
            Handling = static async (what, _) =>
            {
                if (what.Contains("17")) throw new InvalidOperationException("no 17");
                await Task.Yield();
                if (what.Contains("18")) throw new MessageRejectedException("no 18 at all");
            },
        };
        ISubscription subscription = await bus.SubscribeAsync<IOrderEvents>(
            log, new SubscriptionOptions { MaxDeliveries = 2, RedeliveryDelay = TimeSpan.FromMilliseconds(5), DeadLetterTopic = "tests.dead" });
        IOrderEvents orders = bus.GetPublisher<IOrderEvents>();
        await orders.ShippedAsync("17", 1);
        await orders.ShippedAsync("18", 1);
        await orders.ShippedAsync("19", 1);
        IReadOnlyList<Letter> letters = await dead.WaitAsync(2, s_patience);
        Assert.Equal(["no 18 at all", "InvalidOperationException: no 17"], letters.OrderBy(static letter => letter.Deliveries).Select(static letter => letter[MessageHeaderNames.DeadLetterReason]).Order(StringComparer.Ordinal).Reverse());
        Assert.Equal(4, (await log.WaitAsync(4)).Length);
        Assert.Equal(2, subscription.Counts.DeadLettered);
    }

    [Fact]
    public async Task AnEventThatASubscriberDoesNotKnowIsNoneOfItsBusiness()
    {
        await using MessageBus bus = await ConnectAsync();
        OrderLog log = new();
        ISubscription subscription = await bus.SubscribeAsync<IOrderEvents>(log);
        await bus.GetPublisher<INewerOrderEvents>().RefundedAsync("17");
        await bus.GetPublisher<INewerOrderEvents>().CancelledAsync();
        Assert.Equal(["cancelled"], await log.WaitAsync(1));
        Assert.Equal(0, subscription.Counts.Redelivered);
    }

    [Fact]
    public async Task APayloadThatIsNoneOfTheEventIsADeadLetterThatSaysWhy()
    {
        await using MessageBus bus = await ConnectAsync();
        Inbox dead = new();
        await bus.Broker.SubscribeAsync("tests.dead", dead.HandleAsync);
        OrderLog log = new();
        await bus.SubscribeAsync<IOrderEvents>(log, new SubscriptionOptions { DeadLetterTopic = "tests.dead" });
        await bus.Broker.PublishAsync(new OutgoingMessage("tests.orders.Placed", Encoding.UTF8.GetBytes("this is no MessagePack")));
        await bus.Broker.PublishAsync(new OutgoingMessage("tests.orders.Placed", default));
        await bus.Broker.PublishAsync(new OutgoingMessage("tests.orders.Placed", default) { Headers = (KeyValuePair<string, string>[])[new(MessageHeaderNames.Codec, "json")] });
        await bus.GetPublisher<IOrderEvents>().CancelledAsync();
        IReadOnlyList<Letter> letters = await dead.WaitAsync(3, s_patience);
        Assert.Contains("the payload of 'tests.orders.Placed' cannot be read", letters[0][MessageHeaderNames.DeadLetterReason]);
        Assert.Contains("the codec 'json'", letters[2][MessageHeaderNames.DeadLetterReason]);
        Assert.Equal(["cancelled"], await log.WaitAsync(1));
    }

    [Fact]
    public async Task AnotherCodecIsNamedByAHeaderAndReadByThoseWhoHaveIt()
    {
        MemoryBroker broker = new(new MemoryBrokerOptions { Name = Guid.NewGuid().ToString() });
        await using MessageBus bus = new(broker, new MessageBusOptions { Codec = JsonCodecOf() });
        await bus.ConnectAsync();
        Inbox raw = new();
        await broker.SubscribeAsync("tests.orders.Shipped", raw.HandleAsync);
        OrderLog log = new();
        await bus.SubscribeAsync<IOrderEvents>(log);
        await bus.GetPublisher<IOrderEvents>().ShippedAsync("17", 2);
        Assert.Equal(["shipped 17 in 2"], await log.WaitAsync(1));
        Letter letter = (await raw.WaitAsync(1, s_patience))[0];
        Assert.Equal("json", letter[MessageHeaderNames.Codec]);
        Assert.StartsWith("[", letter.Text);
    }

    [Fact]
    public async Task AHandlerFindsItsMessageBeforeAndAfterItAwaits_AndATaskThatOutlivesItKeepsIt()
    {
        await using MessageBus bus = await ConnectAsync();
        TaskCompletionSource handled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        List<Task<MessageContext?>> later = [];
        OrderLog log = new();
        log.Handling = async (_, _) =>
        {
            await Task.Yield();
            Assert.Equal("tests.orders.Shipped", MessageContext.Current?.Topic);
            later.Add(Task.Run(async () =>
            {
                await handled.Task;
                return MessageContext.Current;
            }));
        };
        await bus.SubscribeAsync<IOrderEvents>(log);
        for (int i = 0; i < 3; i++) await bus.GetPublisher<IOrderEvents>().ShippedAsync($"{i}", i);
        await log.WaitAsync(3);
        while (bus.Broker is MemoryBroker && later.Count < 3) await Task.Delay(2);
        handled.SetResult();
        MessageContext?[] kept = await Task.WhenAll(later);
        Assert.Equal([.. Enumerable.Range(0, 3).Select(static i => (ulong?)Selection.KeyHash.Of($"{i}"))], kept.Select(static context => context?.Key));
    }

    [Fact]
    public async Task WhatOneHandlerPutsIntoItsFlowIsNotTheNextOnes()
    {
        await using MessageBus bus = await ConnectAsync();
        AsyncLocal<string?> tenant = new();
        List<string?> found = [];
        OrderLog log = new()
        {
            Handling = (what, _) =>
            {
                found.Add(tenant.Value);
                tenant.Value = what;
                return default;
            },
        };
        await bus.SubscribeAsync<IOrderEvents>(log);
        for (int i = 0; i < 3; i++) await bus.GetPublisher<IOrderEvents>().CancelledAsync();
        await log.WaitAsync(3);
        await bus.DisposeAsync();
        Assert.Equal([null, null, null], found);
    }

    [Fact]
    public async Task HeadersBaggageAndDeadlineTravelWithAnEvent()
    {
        await using MessageBus bus = await ConnectAsync();
        Inbox raw = new();
        await bus.Broker.SubscribeAsync("tests.orders.*", raw.HandleAsync);
        MessageContext? context = null;
        string? passedOn = null;
        OrderLog log = new();
        log.Handling = async (what, _) =>
        {
            if (!what.StartsWith("shipped", StringComparison.Ordinal)) return;
            context = MessageContext.Current;
            await Task.Yield();
            Assert.Same(context, MessageContext.Current);
            await bus.GetPublisher<IOrderEvents>().CancelledAsync();
        };
        await bus.SubscribeAsync<IOrderEvents>(log);
        RpcCallOptions options = new() { Timeout = TimeSpan.FromMinutes(5), Headers = { ["tenant"] = "acme" }, Baggage = { ["user"] = "ann" } };
        using (RpcCallScope.Begin(options)) await bus.GetPublisher<IOrderEvents>().ShippedAsync("17", 2);
        IReadOnlyList<Letter> letters = await raw.WaitAsync(2, s_patience);
        await log.WaitAsync(2);
        Assert.Equal("acme", letters[0]["tenant"]);
        Assert.Equal(Selection.KeyHash.Of("17"), letters[0].Key);
        Assert.True(long.Parse(letters[0][MessageHeaderNames.Expires]!) > DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        passedOn = letters[1][MessageHeaderNames.BaggagePrefix + "user"];
        Assert.Equal("ann", passedOn);
        Assert.Null(letters[1]["tenant"]);
        Assert.Equal("tests.orders.Shipped", context!.Topic);
        Assert.Equal([new KeyValuePair<string, string>("tenant", "acme")], context.Headers);
        Assert.Null(MessageContext.Current);
    }

    [Fact]
    public async Task AnEventWhoseTimeHasPassedIsNotHandled_AndNotPublishedEither()
    {
        await using MessageBus bus = await ConnectAsync();
        OrderLog log = new();
        await bus.SubscribeAsync<IOrderEvents>(log);
        await bus.Broker.PublishAsync(new OutgoingMessage("tests.orders.Cancelled", new byte[] { 0x90 })
        {
            Headers = (KeyValuePair<string, string>[])[new(MessageHeaderNames.Expires, "1000")],
        });
        await bus.GetPublisher<IOrderEvents>().ShippedAsync("17", 2);
        Assert.Equal(["shipped 17 in 2"], await log.WaitAsync(1));
        using RpcCallScope scope = RpcCallScope.Begin(new RpcCallOptions { Timeout = TimeSpan.FromMilliseconds(1) });
        await Task.Delay(30);
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await bus.GetPublisher<IOrderEvents>().CancelledAsync());
        Assert.Equal((RpcStatusCode.DeadlineExceeded, RpcCallProgress.NotSent), (error.Code, error.Progress));
    }

    [Fact]
    public async Task TheTraceOfAPublisherGoesOnInTheHandler()
    {
        using ActivityListener listener = new()
        {
            ShouldListenTo = static source => source.Name is RpcTelemetry.ActivitySourceName or "tests",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        using ActivitySource source = new("tests");
        await using MessageBus bus = await ConnectAsync();
        Activity? handling = null;
        OrderLog log = new();
        log.Handling = (_, _) =>
        {
            handling = Activity.Current;
            return default;
        };
        await bus.SubscribeAsync<IOrderEvents>(log);
        using Activity root = source.StartActivity("root")!;
        await bus.GetPublisher<IOrderEvents>().ShippedAsync("17", 2);
        await log.WaitAsync(1);
        Assert.Same(root, Activity.Current);
        Assert.Equal(root.TraceId, handling!.TraceId);
        Assert.Equal(ActivityKind.Consumer, handling.Kind);
        Assert.Equal("process tests.orders.Shipped", handling.OperationName);
        Assert.Equal("tests.orders.Shipped", handling.GetTagItem("messaging.destination.name"));
        Assert.NotEqual(root.SpanId, handling.ParentSpanId); // That of publishing is between the two.
    }

    [Fact]
    public async Task APooledBufferIsTheEventsAndDisposedOfWhenItWasHandled()
    {
        await using MessageBus bus = await ConnectAsync();
        Labels labels = new();
        await bus.SubscribeAsync<ILabels>(labels);
        using (RpcBuffer label = RpcBuffer.Rent(3))
        {
            label.Span.Fill(7);
            await bus.GetPublisher<ILabels>().PrintedAsync(label);
        }

        RpcBuffer seen = await labels.Seen.Task.WaitAsync(s_patience);
        Assert.True(SpinWait.SpinUntil(() => IsDisposed(seen), s_patience));

        static bool IsDisposed(RpcBuffer buffer)
        {
            try
            {
                _ = buffer.Span;
                return false;
            }
            catch (ObjectDisposedException)
            {
                return true;
            }
        }
    }

    private sealed class Labels : ILabels
    {
        public TaskCompletionSource<RpcBuffer> Seen { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async ValueTask PrintedAsync(RpcBuffer label)
        {
            await Task.Yield();
            Assert.Equal([7, 7, 7], label.Span.ToArray());
            Seen.SetResult(label);
        }
    }

    private static async Task<MessageBus> ConnectAsync()
    {
        MessageBus bus = new(new MemoryBroker(new MemoryBrokerOptions { Name = Guid.NewGuid().ToString() }));
        await bus.ConnectAsync();
        return bus;
    }

    private static JsonCodec JsonCodecOf() => new(new System.Text.Json.JsonSerializerOptions { TypeInfoResolver = new System.Text.Json.Serialization.Metadata.DefaultJsonTypeInfoResolver() });
}
