using System.Collections.Concurrent;

namespace SourceGen.Rpc.PubSub.Tests.Support;

public sealed record OrderPlaced([property: Key(0)] string Id, [property: Key(1)] int Quantity);

[Topic("tests.orders")]
public partial interface IOrderEvents
{
    ValueTask PlacedAsync(OrderPlaced order, CancellationToken cancellationToken = default);

    ValueTask ShippedAsync([HashKey] string id, int parts, CancellationToken cancellationToken = default);

    ValueTask CancelledAsync();
}

/// <summary>The same topic as a newer program has it: with an event that others do not know.</summary>
[Topic("tests.orders")]
public partial interface INewerOrderEvents
{
    ValueTask RefundedAsync(string id);

    ValueTask CancelledAsync();
}

/// <summary>Keeps what it gets as texts, and does what the test says.</summary>
internal class OrderLog : IOrderEvents
{
    public ConcurrentQueue<string> Seen { get; } = new();

    public Func<string, CancellationToken, ValueTask> Handling { get; set; } = static (_, _) => default;

    public ValueTask PlacedAsync(OrderPlaced order, CancellationToken cancellationToken = default) => Note($"placed {order.Id} x{order.Quantity}", cancellationToken);

    public ValueTask ShippedAsync(string id, int parts, CancellationToken cancellationToken = default) => Note($"shipped {id} in {parts}", cancellationToken);

    public ValueTask CancelledAsync() => Note("cancelled", CancellationToken.None);

    public async Task<string[]> WaitAsync(int count)
    {
        long start = Environment.TickCount64;
        while (Seen.Count < count)
        {
            Assert.True(Environment.TickCount64 - start < 20_000, $"There were to be {count} events, and there are: {string.Join(", ", Seen)}");
            await Task.Delay(2);
        }

        return [.. Seen];
    }

    private ValueTask Note(string what, CancellationToken cancellationToken)
    {
        Seen.Enqueue(what);
        return Handling(what, cancellationToken);
    }
}

[QueueGroup("billing")]
internal sealed class Billing : OrderLog;

[Topic("tests.labels")]
public partial interface ILabels
{
    ValueTask PrintedAsync(RpcBuffer label);
}
