using SourceGen.Rpc.PubSub.Subscribing;
using SourceGen.Rpc.PubSub.Tests.Support;
using SourceGen.Rpc.Tests.Support;

namespace SourceGen.Rpc.PubSub.Tests.Bus;

/// <summary>What events allocate in the whole process, which others must not share meanwhile.</summary>
[Collection(nameof(Alone))]
public sealed class BusAllocationTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly bool _wasAskedFor = HandledMessage.IsAskedFor;

    /// <summary>As in a program in which no handler asks for its context; other tests of this process do.</summary>
    public BusAllocationTests() => HandledMessage.IsAskedFor = false;

    public void Dispose() => HandledMessage.IsAskedFor = _wasAskedFor;

    [Fact]
    public async Task PublishingAndHandlingAllocateNothing()
    {
        await using MessageBus bus = new(new MemoryBroker(new MemoryBrokerOptions { Name = Guid.NewGuid().ToString() }));
        await bus.ConnectAsync();
        Counter counter = new();
        await bus.SubscribeAsync<IOrderEvents>(counter);
        IOrderEvents orders = bus.GetPublisher<IOrderEvents>();
        const int events = 1000;
        long least = long.MaxValue;
        for (int round = 0; round < 30 && least > 0; round++)
        {
            int before = counter.Count;
            long start = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < events; i++)
            {
                ValueTask publishing = orders.CancelledAsync();
                Assert.True(publishing.IsCompletedSuccessfully);
                await publishing;
            }

            SpinWait.SpinUntil(() => counter.Count == before + events, s_patience);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - start);
        }

        // What the rounds themselves allocate, and nothing for each of a thousand events.
        Assert.InRange(least, 0, events);
    }

    private sealed class Counter : IOrderEvents
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public ValueTask PlacedAsync(OrderPlaced order, CancellationToken cancellationToken = default) => default;

        public ValueTask ShippedAsync(string id, int parts, CancellationToken cancellationToken = default) => default;

        public ValueTask CancelledAsync()
        {
            Interlocked.Increment(ref _count);
            return default;
        }
    }
}
