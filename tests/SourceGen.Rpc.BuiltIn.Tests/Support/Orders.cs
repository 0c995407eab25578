using System.Collections.Concurrent;

namespace SourceGen.Rpc.BuiltIn.Tests.Support;

/// <summary>The implementation.</summary>
internal sealed class Orders : IOrders
{
    public static readonly Guid Id = new("00112233-4455-6677-8899-aabbccddeeff");

    public ConcurrentQueue<string> Notes { get; } = new();

    public Func<CancellationToken, ValueTask<int>> OnRun { get; set; } = static _ => new(0);

    public ValueTask<Receipt> PlaceAsync(Order order, int priority = 3, string? note = null, CancellationToken ct = default) =>
        new(new Receipt(
        Id, new DateTime(2024, 2, 29, 12, 0, 0, DateTimeKind.Utc), TimeSpan.FromMinutes(90), note ?? "no note", priority, order.Lines.Count,
        order.Customer?.Name ?? "anonymous"));

    public ValueTask<Dictionary<int, Size>> StockAsync(Dictionary<(int Aisle, int Shelf), decimal> prices) =>
        new(prices.ToDictionary(price => price.Key.Aisle, price => price.Value > 1 ? Size.Large : (Size)7));

    public ValueTask<long> CountAsync(long first, ulong last) => new(first);

    public ValueTask CancelAsync(Guid order) =>
        order == Id ? default : throw new RpcException(RpcStatusCode.NotFound, "There is no such order.");

    public ValueTask NoteAsync(string text)
    {
        Notes.Enqueue(text);
        return default;
    }

    public ValueTask<int> RunAsync(CancellationToken ct = default) => OnRun(ct);

    public ValueTask<int> RunBrieflyAsync(CancellationToken ct = default) => OnRun(ct);
}
