namespace SourceGen.Rpc.Soak.Tests.Soak;

/// <summary>What both ends of every connection serve during the soak.</summary>
[Service(Name = "Tests.Soak")]
public partial interface ISoak
{
    /// <summary>Does what the job says and returns its number and the load.</summary>
    ValueTask<Done> CallAsync(Job job, byte[] load, CancellationToken ct = default);

    [OneWay]
    ValueTask NoteAsync(Job job);

    /// <summary>Sends as many items as the job says.</summary>
    IAsyncEnumerable<Item> DownAsync(Job job, CancellationToken ct = default);

    /// <summary>Takes as many items as the job says at most, and returns how many came.</summary>
    ValueTask<int> UpAsync(Job job, IAsyncEnumerable<Item> items, CancellationToken ct = default);

    /// <summary>Returns as many items as the job says at most.</summary>
    IAsyncEnumerable<Item> BothAsync(Job job, IAsyncEnumerable<Item> items, CancellationToken ct = default);
}

/// <summary>What a handler does besides its work.</summary>
public enum Deed
{
    /// <summary>Nothing: the call may complete synchronously.</summary>
    None,

    /// <summary>Yields its thread.</summary>
    Yield,

    /// <summary>Waits, unless its token is cancelled.</summary>
    Wait,

    /// <summary>Waits, whatever happens.</summary>
    WaitRegardless,

    /// <summary>Keeps its thread for a moment.</summary>
    Block,

    /// <summary>Waits for a call to its caller.</summary>
    CallBack,

    /// <summary>Waits, then throws what goes to the caller.</summary>
    Fail,

    /// <summary>Throws what no caller should see.</summary>
    FailUnexpectedly,
}

/// <summary>An order to a handler.</summary>
/// <param name="Number">Comes back with the result.</param>
/// <param name="Deed">What it does on the way.</param>
/// <param name="DelayMs">How long that takes.</param>
/// <param name="Items">How many items it sends or takes at most.</param>
/// <param name="ItemSize">The length of an item's load.</param>
public readonly record struct Job(
    [property: Key(0)] int Number,
    [property: Key(1)] Deed Deed,
    [property: Key(2)] int DelayMs,
    [property: Key(3)] int Items,
    [property: Key(4)] int ItemSize);

/// <summary>A job's result.</summary>
/// <param name="Number">The job's.</param>
/// <param name="Load">The call's.</param>
public sealed record Done([property: Key(0)] int Number, [property: Key(1)] byte[] Load);

/// <summary>An item of a stream.</summary>
/// <param name="Number">Its place in the stream, counted from the job's number.</param>
/// <param name="Load">As long as the job says.</param>
public readonly record struct Item([property: Key(0)] int Number, [property: Key(1)] byte[] Load);
