#nullable enable
namespace Feeds;

public readonly record struct Tick(int Id, long Value);

[Service]
public partial interface IFeeds
{
    IAsyncEnumerable<Tick> TicksAsync(int count, string? name = "all", CancellationToken ct = default);

    IAsyncEnumerable<string?> Lines();

    ValueTask<long> SumAsync(IAsyncEnumerable<int> numbers, CancellationToken ct = default);

    Task<List<Tick>> KeepAsync(int first, IAsyncEnumerable<Tick> ticks, int last = 3);

    ValueTask StoreAsync(IAsyncEnumerable<byte[]> @params);

    Task ForgetAsync(IAsyncEnumerable<Tick> items, CancellationToken items1);

    IAsyncEnumerable<Tick> ChatAsync(string room, IAsyncEnumerable<string> channel, CancellationToken ct = default);

    [Method(TimeoutMs = 1000)]
    IAsyncEnumerable<int>? PerhapsAsync(IAsyncEnumerable<int?>? perhaps);
}
