namespace SourceGen.Rpc.Load;

/// <summary>The service under load.</summary>
[Service]
public partial interface ILoadService
{
    /// <summary>Adds: the smallest useful call.</summary>
    /// <param name="a">One number.</param>
    /// <param name="b">The other.</param>
    ValueTask<int> AddAsync(int a, int b);

    /// <summary>Returns what it got.</summary>
    /// <param name="message">A message with a text and a payload.</param>
    ValueTask<EchoMessage> EchoAsync(EchoMessage message);

    /// <summary>Returns <paramref name="n"/>, after blocking its thread for 50 ms when n is a multiple of 100.</summary>
    /// <param name="n">The number of the call.</param>
    ValueTask<int> SometimesBlockAsync(int n);

    /// <summary>Sends items until the caller has enough.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    IAsyncEnumerable<LoadItem> DownAsync(CancellationToken cancellationToken);

    /// <summary>Takes items, and returns how many came.</summary>
    /// <param name="items">The items.</param>
    ValueTask<long> UpAsync(IAsyncEnumerable<LoadItem> items);

    /// <summary>Sends every item back.</summary>
    /// <param name="items">The items.</param>
    IAsyncEnumerable<LoadItem> ReturnAsync(IAsyncEnumerable<LoadItem> items);
}

/// <summary>A small item of a stream: with its length, 16 bytes on the wire.</summary>
/// <param name="Id">The number of the item.</param>
/// <param name="Value">A large number.</param>
public readonly record struct LoadItem([property: Key(0)] int Id, [property: Key(1)] long Value);

/// <summary>A message of a realistic mix: a number, a short text, a payload.</summary>
public sealed class EchoMessage
{
    /// <summary>The number of the call.</summary>
    [Key(0)]
    public int Id { get; set; }

    /// <summary>A text of 16 characters.</summary>
    [Key(1)]
    public string Name { get; set; } = "";

    /// <summary>32, 1,024 or 65,536 bytes.</summary>
    [Key(2)]
    public byte[] Payload { get; set; } = [];
}
