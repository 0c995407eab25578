using System.Buffers;
using Shop.Events;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Selection;

namespace SourceGen.Rpc.RoundTrip.Tests;

/// <summary>The events of a topic: what its proxy publishes, and what its handlers do with it.</summary>
public class TopicTests
{
    private static readonly DateTimeOffset s_at = new(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1));

    [Fact]
    public void Every_method_is_an_event_with_a_topic_of_its_own()
    {
        RpcContract<IOrderEvents> contract = Contract<IOrderEvents>();

        Assert.Equal(("shop.orders-v1", "1"), (contract.Name, contract.Version));
        Assert.Equal(
            ["shop.orders-v1.Audited", "shop.orders-v1.Closed", "shop.orders-v1.Lines.Changed-2", "shop.orders-v1.Placed", "shop.orders-v1.Shipped"],
            contract.Methods.ToArray().Select(static method => method.Topic));
        Assert.Equal(
            [
                RpcMethodOptions.Event, RpcMethodOptions.Event, RpcMethodOptions.Event | RpcMethodOptions.Idempotent,
                RpcMethodOptions.Event | RpcMethodOptions.Cancellable, RpcMethodOptions.Event,
            ],
            contract.Methods.ToArray().Select(static method => method.Options));
        Assert.StartsWith(
            "topic \"shop.orders-v1\"\nmethod Audited(subject: guid, what: string) -> oneway\n", contract.Schema, StringComparison.Ordinal);
        Assert.Equal("shop.orders-v1/Placed", contract.Methods[3].FullName);
    }

    [Fact]
    public void A_method_of_a_service_has_no_topic() => Assert.All(
        ServiceContract<Shop.IGreeter>().Methods.ToArray(), static method =>
        {
            Assert.Equal("", method.Topic);
            Assert.Equal(RpcMethodOptions.None, method.Options & RpcMethodOptions.Event);
        });

    [Fact]
    public async Task What_the_proxy_publishes_reaches_an_implementation()
    {
        Bus bus = new();
        IOrderEvents events = Contract<IOrderEvents>().CreateProxy(bus);
        using CancellationTokenSource source = new();

        await events.PlacedAsync(new Order("a", 1.5m), source.Token);
        await events.ShippedAsync("a", 2, s_at);
        await events.LinesAsync([1, 2, 3], null);
        await events.ClosedAsync();
        await events.Audited(Guid.Empty, "all");
        await events.PlacedTwiceAsync(new Order("b", 2m));

        Assert.Equal(
            [
                "shop.orders-v1.Placed", "shop.orders-v1.Shipped", "shop.orders-v1.Lines.Changed-2", "shop.orders-v1.Closed",
                "shop.orders-v1.Audited", "shop.orders-v1.Placed",
            ],
            bus.Published.Select(static message => message.Topic));
        Assert.Equal(source.Token, bus.Published[0].CancellationToken);

        Recorder recorder = new();
        Subscriber<IOrderEvents> subscriber = new(Contract<IOrderEvents>(), recorder);
        foreach (Message message in bus.Published) await subscriber.HandleAsync(message);
        Assert.Equal(
            ["placed Order { Id = a, Total = 1.5 }", $"shipped a/2 {s_at:O} True", "lines 1,2,3 none", "closed", $"audited {Guid.Empty} all",
                "placed Order { Id = b, Total = 2 }"],
            recorder.Seen);
    }

    [Fact]
    public async Task A_message_without_what_has_a_default_is_handled_with_it()
    {
        Bus bus = new();
        await Contract<IOrderEvents>().CreateProxy(bus).ShippedAsync("a", 2, s_at, isLast: false);
        byte[] withoutLast = bus.Published[0].Payload[..^1];
        withoutLast[0]--;
        Recorder recorder = new();

        await new Subscriber<IOrderEvents>(Contract<IOrderEvents>(), recorder).HandleAsync(bus.Published[0] with { Payload = withoutLast });

        Assert.Equal([$"shipped a/2 {s_at:O} True"], recorder.Seen);
    }

    [Fact]
    public async Task The_key_of_a_message_is_that_of_its_hash_keys()
    {
        Bus bus = new();
        IOrderEvents events = Contract<IOrderEvents>().CreateProxy(bus);

        await events.ShippedAsync("a", 2, s_at);
        await events.Audited(Guid.Empty, "all");
        await events.ClosedAsync();

        Assert.Equal(
            [KeyHash.Combine(KeyHash.Of("a"), KeyHash.Of(2L)), KeyHash.Of(Guid.Empty), null], bus.Published.Select(static message => message.Key));
    }

    [Fact]
    public void A_topic_without_events_and_a_nested_one_have_contracts_too()
    {
        Assert.Empty(Contract<INothing>().Methods.ToArray());
        Assert.NotNull(Contract<INothing>().CreateProxy(new Bus()));
        Assert.Equal("nested.A", Contract<Outer.INested>().Methods[0].Topic);
    }

    private static RpcContract<TTopic> Contract<TTopic>()
        where TTopic : class, ITopicContract<TTopic> => TTopic.Contract;

    private static RpcContract<TService> ServiceContract<TService>()
        where TService : class, IRpcContract<TService> => TService.Contract;

    private sealed record Message(string Topic, ulong? Key, byte[] Payload, CancellationToken CancellationToken);

    /// <summary>Keeps what is published; nothing but events is.</summary>
    private sealed class Bus : RpcChannel
    {
        public List<Message> Published { get; } = [];

        public override ActionInvoker<TRequest> Bind<TService, TRequest>(ActionMethod<TService, TRequest> method) =>
            new Publisher<TRequest>(this, method.Topic, method.RequestShape);

        public override UnaryInvoker<TRequest, TResponse> Bind<TService, TRequest, TResponse>(
            UnaryMethod<TService, TRequest, TResponse> method) => throw new NotSupportedException();

        public override ServerStreamInvoker<TRequest, TItem> Bind<TService, TRequest, TItem>(
            ServerStreamMethod<TService, TRequest, TItem> method) => throw new NotSupportedException();

        public override ClientStreamInvoker<TRequest, TItem, TResponse> Bind<TService, TRequest, TItem, TResponse>(
            ClientStreamMethod<TService, TRequest, TItem, TResponse> method) => throw new NotSupportedException();

        public override ClientStreamActionInvoker<TRequest, TItem> Bind<TService, TRequest, TItem>(
            ClientStreamActionMethod<TService, TRequest, TItem> method) => throw new NotSupportedException();

        public override DuplexInvoker<TRequest, TIn, TOut> Bind<TService, TRequest, TIn, TOut>(
            DuplexMethod<TService, TRequest, TIn, TOut> method) => throw new NotSupportedException();

        private sealed class Publisher<TRequest>(Bus bus, string topic, TypeShape<TRequest> shape) : ActionInvoker<TRequest>
            where TRequest : struct
        {
            public override ValueTask InvokeAsync(in TRequest request, CancellationToken cancellationToken)
            {
                ArrayBufferWriter<byte> bytes = new();
                MessagePackCodec.Instance.GetSerializer(shape).Serialize(bytes, request);
                bus.Published.Add(new Message(topic, shape.Key?.Invoke(request), bytes.WrittenSpan.ToArray(), cancellationToken));
                return default;
            }
        }
    }

    /// <summary>Calls the handlers of an implementation with messages, by their topics.</summary>
    private sealed class Subscriber<TTopic> : IRpcMethodVisitor<TTopic>
        where TTopic : class
    {
        private readonly TTopic _implementation;
        private readonly Dictionary<string, Func<byte[], ValueTask>> _handlers = [];

        public Subscriber(RpcContract<TTopic> contract, TTopic implementation)
        {
            _implementation = implementation;
            foreach (RpcMethod<TTopic> method in contract.Methods) method.Accept(this);
        }

        public ValueTask HandleAsync(Message message) => _handlers[message.Topic](message.Payload);

        public void VisitAction<TRequest>(ActionMethod<TTopic, TRequest> method)
            where TRequest : struct
        {
            ISerializer<TRequest> serializer = MessagePackCodec.Instance.GetSerializer(method.RequestShape);
            _handlers.Add(method.Topic, payload =>
                method.Handler(_implementation, serializer.Deserialize(new ReadOnlySequence<byte>(payload)), CancellationToken.None));
        }

        public void VisitUnary<TRequest, TResponse>(UnaryMethod<TTopic, TRequest, TResponse> method)
            where TRequest : struct => throw new NotSupportedException();
    }

    private sealed class Recorder : IOrderEvents
    {
        public List<string> Seen { get; } = [];

        public ValueTask PlacedAsync(Order order, CancellationToken cancellationToken) => Add(FormattableString.Invariant($"placed {order}"));

        public Task ShippedAsync(string orderId, int parcel, DateTimeOffset at, bool isLast) =>
            Add($"shipped {orderId}/{parcel} {at:O} {isLast}").AsTask();

        public ValueTask LinesAsync(IReadOnlyList<int> lines, Order? order) => Add($"lines {string.Join(",", lines)} {order?.Id ?? "none"}");

        public ValueTask ClosedAsync() => Add("closed");

        public ValueTask Audited(Guid subject, string what) => Add($"audited {subject} {what}");

        private ValueTask Add(string seen)
        {
            Seen.Add(seen);
            return default;
        }
    }
}
