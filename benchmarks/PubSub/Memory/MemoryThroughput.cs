using System.Diagnostics;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Benchmarks.PubSub.Memory;

/// <summary>
/// One publisher and one handler in one process: messages of 64 bytes, and events of an interface with two arguments. What is measured is until the last one is
/// handled; bytes are those of the whole process.
/// </summary>
internal static class MemoryThroughput
{
    private const int Messages = 5_000_000;
    private const int Rounds = 6;

    public static async Task RunAsync()
    {
        await using MessageBus bus = new(new MemoryBroker());
        await bus.ConnectAsync();
        Counter counter = new();
        await using ISubscription raw = await bus.Broker.SubscribeAsync("raw", counter.HandleAsync);
        await using ISubscription typed = await bus.SubscribeAsync<ITicks>(counter);
        byte[] payload = new byte[64];
        ITicks ticks = bus.GetPublisher<ITicks>();
        await MeasureAsync("messages of 64 bytes", counter, _ => bus.Broker.PublishAsync(new OutgoingMessage("raw", payload)));
        await MeasureAsync("events with two arguments", counter, i => ticks.TickedAsync(i, 1.5));
    }

    private static async Task MeasureAsync(string what, Counter counter, Func<int, ValueTask> publish)
    {
        List<double> rates = [];
        double bytes = double.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            counter.Expect(Messages);
            long allocated = GC.GetTotalAllocatedBytes();
            long started = Stopwatch.GetTimestamp();
            for (int i = 0; i < Messages; i++) await publish(i);
            await counter.Done;
            double rate = Messages / Stopwatch.GetElapsedTime(started).TotalSeconds;
            bytes = Math.Min(bytes, (GC.GetTotalAllocatedBytes() - allocated) / (double)Messages);
            if (round > 0) rates.Add(rate); // The first one warms up.
        }

        rates.Sort();
        Console.WriteLine($"{what}: {rates[rates.Count / 2] / 1e6:0.00} M/s ({rates[0] / 1e6:0.00} - {rates[^1] / 1e6:0.00}), {bytes:0.0} bytes each");
    }

    private sealed class Counter : ITicks
    {
        private int _left;
        private TaskCompletionSource _done = new();

        public Task Done => _done.Task;

        public void Expect(int count)
        {
            _done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref _left, count);
        }

        public ValueTask<MessageOutcome> HandleAsync(IncomingMessage message, CancellationToken cancellationToken)
        {
            Count();
            return default;
        }

        public ValueTask TickedAsync(long number, double price)
        {
            Count();
            return default;
        }

        // One handler at a time: Concurrency is 1.
        private void Count()
        {
            if (--_left == 0) _done.SetResult();
        }
    }
}
