namespace SourceGen.Rpc.Soak.Peer;

/// <summary>
/// What the two processes of a test call of each other: endless streams, streams whose reader can be stopped, and questions.
/// </summary>
[Service(Name = "Tests.Peer")]
public partial interface IPeer
{
    ValueTask<int> AddAsync(int a, int b);

    /// <summary>The same, and may run twice.</summary>
    [Method(Idempotent = true)]
    ValueTask<int> SumAsync(int a, int b);

    /// <summary>Answers when it is cancelled, and not before.</summary>
    ValueTask<int> WaitAsync(CancellationToken ct = default);

    /// <summary>Sends so many readings, or without end when it is negative.</summary>
    IAsyncEnumerable<Reading> DownAsync(int count, CancellationToken ct = default);

    /// <summary>Takes readings, and stops reading after each <paramref name="stopEvery"/> of them until <see cref="GoOnAsync"/>.</summary>
    /// <returns>How many came.</returns>
    ValueTask<long> UpAsync(int stopEvery, IAsyncEnumerable<Reading> readings, CancellationToken ct = default);

    /// <summary>Sends every reading back.</summary>
    IAsyncEnumerable<Reading> BothAsync(IAsyncEnumerable<Reading> readings, CancellationToken ct = default);

    /// <summary>Lets a reader that has stopped go on.</summary>
    ValueTask GoOnAsync();

    /// <summary>How far its streams are, and what the process holds, after a garbage collection.</summary>
    ValueTask<PeerState> StateAsync();
}

/// <summary>An item.</summary>
/// <param name="Id">Its number in the stream.</param>
/// <param name="Value">Something beside it.</param>
public readonly record struct Reading([property: Key(0)] int Id, [property: Key(1)] long Value)
{
    /// <summary>The reading with a number.</summary>
    public static Reading Of(int number) => new(number, number * 3_000_000_000L);
}

/// <summary>What a process says of itself.</summary>
/// <param name="Produced">Readings that its producers have given.</param>
/// <param name="Consumed">Readings that its readers have taken.</param>
/// <param name="Running">Handlers and producers whose finally-blocks have not run.</param>
/// <param name="HeldBytes">Managed memory in use.</param>
public readonly record struct PeerState(long Produced, long Consumed, int Running, long HeldBytes);
