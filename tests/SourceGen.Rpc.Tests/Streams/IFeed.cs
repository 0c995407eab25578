using System.Text.Json.Serialization;

namespace SourceGen.Rpc.Tests.Streams;

/// <summary>The service that the tests of streams call; what its methods do is the test's.</summary>
[Service(Name = "Tests.Feed")]
public partial interface IFeed
{
    IAsyncEnumerable<int> CountAsync(int count, CancellationToken ct = default);

    IAsyncEnumerable<byte[]> BlobsAsync(int count, int size);

    ValueTask<long> SumAsync(int factor, IAsyncEnumerable<int> numbers, CancellationToken ct = default);

    Task<long> MeasureAsync(IAsyncEnumerable<byte[]> blobs);

    ValueTask DrainAsync(IAsyncEnumerable<int> numbers);

    Task DrainTaskAsync(IAsyncEnumerable<int> numbers);

    IAsyncEnumerable<int> TimesAsync(int factor, IAsyncEnumerable<int> numbers, CancellationToken ct = default);

    /// <summary>Runs what the test put under the name.</summary>
    IAsyncEnumerable<int> DownAsync(string what, CancellationToken ct = default);

    /// <summary>Runs what the test put under the name.</summary>
    ValueTask<int> UpAsync(string what, IAsyncEnumerable<int> numbers, CancellationToken ct = default);

    /// <summary>Runs what the test put under the name.</summary>
    IAsyncEnumerable<int> BothAsync(string what, IAsyncEnumerable<int> numbers, CancellationToken ct = default);

    /// <summary>Answers with items whose encoding or decoding is the test's.</summary>
    IAsyncEnumerable<Fussy> FussyAsync(int count, int bad);

    ValueTask<int> TakeFussyAsync(IAsyncEnumerable<Fussy> items);

    [Method(TimeoutMs = 60)]
    IAsyncEnumerable<int> BrieflyAsync(string what, CancellationToken ct = default);

    ValueTask<int> AddAsync(int a, int b);

    ValueTask<int> UpWithLuggageAsync(byte[] luggage, IAsyncEnumerable<int> numbers, CancellationToken ct = default);
}

/// <summary>A value that cannot be written when it is -1, and cannot be read when it is -2.</summary>
public sealed class Fussy
{
    private int _value;

    public int Value
    {
        get => _value != -1 ? _value : throw new InvalidOperationException("minus one cannot be written");
        set => _value = value != -2 ? value : throw new ArgumentException("minus two cannot be read");
    }

    public static Fussy Of(int value) => new() { _value = value };
}

[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(byte[]))]
[JsonSerializable(typeof(Fussy))]
internal sealed partial class FeedJson : JsonSerializerContext;
