using SourceGen.Rpc.Soak.Tests.Counting;

namespace SourceGen.Rpc.Soak.Tests.Soak;

/// <summary>How one call goes, and so how it may end.</summary>
/// <param name="Job">What its handler does.</param>
/// <param name="Leaving">How its caller ends it, if it does.</param>
/// <param name="AfterMs">When, for a token and a deadline.</param>
/// <param name="Items">How many items its caller sends, or reads before it leaves.</param>
/// <param name="FailsAt">The place at which the caller's producer throws; -1 for none.</param>
/// <param name="Load">The length of an ordinary argument and result.</param>
internal sealed record Plan(Job Job, Leaving Leaving, int AfterMs, int Items, int FailsAt, int Load)
{
    private const int Most = int.MaxValue / 2;

    /// <summary>Draws a call without streams.</summary>
    public static Plan DrawCall(Random random) => new(
        new Job(random.Next(1 << 30), DrawDeed(random), random.Next(5, 400), 0, 0),
        DrawLeaving(random),
        random.Next(1, 300),
        0,
        -1,
        random.Next(1000) switch { < 3 => 300_000, < 40 => 10_000, _ => random.Next(60) });

    /// <summary>Draws a call with streams.</summary>
    public static Plan DrawStream(Random random)
    {
        int size = random.Next(100) switch { < 2 => 4, < 5 => 3, < 12 => 2, < 50 => 1, _ => 0 };
        int items = size >= 2 ? random.Next(1, 12) : random.Next(20) == 0 ? random.Next(20_000) : random.Next(300);
        int handlersItems = random.Next(3) == 0 ? random.Next(items + 1) : items;
        return new Plan(
            new Job(random.Next(1 << 30), DrawDeed(random), random.Next(5, 400), handlersItems, size),
            random.Next(5) == 0 ? Leaving.Early : DrawLeaving(random),
            random.Next(1, 300),
            random.Next(3) == 0 ? random.Next(items + 1) : items,
            random.Next(12) == 0 ? random.Next(items + 1) : -1,
            0);
    }

    /// <summary>How many items the caller wants.</summary>
    public int Wanted => Leaving == Leaving.Early ? Items : Most;

    /// <summary>Whether the call may end with this.</summary>
    /// <param name="error">What it ended with.</param>
    /// <param name="cancelled">Whether its token was cancelled by then.</param>
    public bool Allows(Exception error, bool cancelled) => error switch
    {
        OperationCanceledException => cancelled,
        SoakException => FailsAt >= 0,
        RpcException { Code: RpcStatusCode.FailedPrecondition } rpc =>
            Job.Deed == Deed.Fail && rpc.Message.Contains("told to fail", StringComparison.Ordinal),
        RpcException { Code: RpcStatusCode.Unknown } => Job.Deed == Deed.FailUnexpectedly,
        RpcException { Code: RpcStatusCode.Cancelled } => cancelled || Leaving == Leaving.Deadline,
        RpcException { Code: RpcStatusCode.DeadlineExceeded } => Leaving == Leaving.Deadline,
        _ => false,
    };

    private static Deed DrawDeed(Random random) => random.Next(100) switch
    {
        < 10 => Deed.None,
        < 20 => Deed.Yield,
        < 70 => Deed.Wait,
        < 78 => Deed.WaitRegardless,
        < 79 => Deed.Block,
        < 88 => Deed.CallBack,
        < 98 => Deed.Fail,
        _ => Deed.FailUnexpectedly,
    };

    private static Leaving DrawLeaving(Random random) => random.Next(10) switch
    {
        < 2 => Leaving.Token,
        < 4 => Leaving.Deadline,
        < 6 => Leaving.LongToken,
        _ => Leaving.Never,
    };
}

/// <summary>How a caller ends its call.</summary>
internal enum Leaving
{
    /// <summary>It does not.</summary>
    Never,

    /// <summary>It does not, though it has given a token that many calls share.</summary>
    LongToken,

    /// <summary>By a token.</summary>
    Token,

    /// <summary>By a time limit.</summary>
    Deadline,

    /// <summary>By leaving its loop.</summary>
    Early,
}
