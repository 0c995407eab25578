namespace SourceGen.Rpc.BuiltIn.Tests.Support;

/// <summary>What the tests call, with a type of every kind.</summary>
[Service(Name = "Shop.Orders")]
public partial interface IOrders
{
    ValueTask<Receipt> PlaceAsync(Order order, int priority = 3, string? note = null, CancellationToken ct = default);

    ValueTask<Dictionary<int, Size>> StockAsync(Dictionary<(int Aisle, int Shelf), decimal> prices);

    ValueTask<long> CountAsync(long first, ulong last);

    ValueTask CancelAsync(Guid order);

    [OneWay]
    ValueTask NoteAsync(string text);

    /// <summary>Runs what the test set.</summary>
    ValueTask<int> RunAsync(CancellationToken ct = default);

    [Method(TimeoutMs = 40, Idempotent = true)]
    ValueTask<int> RunBrieflyAsync(CancellationToken ct = default);
}

public sealed record Order(List<Line> Lines, Size Size, Customer? Customer, byte[] Signature);

public sealed record Line(int Sku, double Quantity);

public sealed class Customer
{
    [Key(0)]
    public string Name { get; set; } = "nobody";

    [Key(2)]
    public int? Age { get; set; }
}

public sealed record Receipt(Guid Id, DateTime At, TimeSpan Within, string Note, int Priority, int Lines, string Customer);

public enum Size
{
    Small = 1,
    Large = 2,
}
