using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace SourceGen.Rpc.Tests.Streams;

/// <summary>The implementation.</summary>
internal sealed class Feed : IFeed
{
    private readonly ConcurrentDictionary<string, Func<CancellationToken, IAsyncEnumerable<int>>> _down = new();
    private readonly ConcurrentDictionary<string, Func<IAsyncEnumerable<int>, CancellationToken, ValueTask<int>>> _up = new();
    private readonly ConcurrentDictionary<string, Func<IAsyncEnumerable<int>, CancellationToken, IAsyncEnumerable<int>>> _both = new();

    public void OnDown(string what, Func<CancellationToken, IAsyncEnumerable<int>> script) => _down[what] = script;

    public void OnUp(string what, Func<IAsyncEnumerable<int>, CancellationToken, ValueTask<int>> script) => _up[what] = script;

    public void OnBoth(string what, Func<IAsyncEnumerable<int>, CancellationToken, IAsyncEnumerable<int>> script) => _both[what] = script;

    public async IAsyncEnumerable<int> CountAsync(int count, [EnumeratorCancellation] CancellationToken ct = default)
    {
        for (int i = 0; i < count; i++)
        {
            if (i % 1000 == 999) await Task.Yield();
            yield return i;
        }
    }

    public async IAsyncEnumerable<byte[]> BlobsAsync(int count, int size)
    {
        for (int i = 0; i < count; i++)
        {
            byte[] blob = new byte[size];
            Array.Fill(blob, (byte)i);
            yield return blob;
            if (i % 3 == 0) await Task.Yield();
        }
    }

    public async ValueTask<long> SumAsync(int factor, IAsyncEnumerable<int> numbers, CancellationToken ct = default)
    {
        long sum = 0;
        await foreach (int number in numbers.WithCancellation(ct)) sum += number * (long)factor;
        return sum;
    }

    public async Task<long> MeasureAsync(IAsyncEnumerable<byte[]> blobs)
    {
        long sum = 0;
        byte next = 0;
        await foreach (byte[] blob in blobs)
        {
            if (Array.Exists(blob, part => part != next)) throw new InvalidOperationException($"blob {next} is not itself");
            next++;
            sum += blob.Length;
        }

        return sum;
    }

    public async ValueTask DrainAsync(IAsyncEnumerable<int> numbers)
    {
        await foreach (int _ in numbers)
        {
        }
    }

    public Task DrainTaskAsync(IAsyncEnumerable<int> numbers) => DrainAsync(numbers).AsTask();

    public async IAsyncEnumerable<int> TimesAsync(
        int factor, IAsyncEnumerable<int> numbers, [EnumeratorCancellation] CancellationToken ct = default)
    {
        await foreach (int number in numbers.WithCancellation(ct)) yield return number * factor;
    }

    public IAsyncEnumerable<int> DownAsync(string what, CancellationToken ct = default) => _down[what](ct);

    public ValueTask<int> UpAsync(string what, IAsyncEnumerable<int> numbers, CancellationToken ct = default) => _up[what](numbers, ct);

    public IAsyncEnumerable<int> BothAsync(string what, IAsyncEnumerable<int> numbers, CancellationToken ct = default) =>
        _both[what](numbers, ct);

    public async IAsyncEnumerable<Fussy> FussyAsync(int count, int bad)
    {
        await Task.Yield();
        for (int i = 0; i < count; i++) yield return Fussy.Of(i);
        yield return Fussy.Of(bad);
    }

    public async ValueTask<int> TakeFussyAsync(IAsyncEnumerable<Fussy> items)
    {
        int count = 0;
        await foreach (Fussy _ in items) count++;
        return count;
    }

    public IAsyncEnumerable<int> BrieflyAsync(string what, CancellationToken ct = default) => _down[what](ct);

    public ValueTask<int> AddAsync(int a, int b) => new(a + b);

    public async ValueTask<int> UpWithLuggageAsync(byte[] luggage, IAsyncEnumerable<int> numbers, CancellationToken ct = default)
    {
        int count = luggage.Length;
        await foreach (int _ in numbers.WithCancellation(ct)) count++;
        return count;
    }
}
