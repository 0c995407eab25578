public sealed record Customer(string Name);

[Service]
public partial interface ICarts
{
    ValueTask<int> OfAsync([HashKey] Customer customer, [HashKey] double weight);

    IAsyncEnumerable<int> ItemsAsync([HashKey] string customer);

    ValueTask<int> CountAsync([HashKey] string? customer, [HashKey] System.Guid shop, [HashKey] byte[] token, [HashKey] System.DayOfWeek day);
}
