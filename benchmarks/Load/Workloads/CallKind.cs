namespace SourceGen.Rpc.Load;

/// <summary>Which method a workload calls.</summary>
internal enum CallKind
{
    /// <summary>AddAsync(int, int).</summary>
    Add,

    /// <summary>EchoAsync(EchoMessage).</summary>
    Echo,

    /// <summary>SometimesBlockAsync(int): one handler in a hundred blocks its thread for 50 ms.</summary>
    SometimesBlock,

    /// <summary>DownAsync: one call, whose items are what is counted.</summary>
    StreamDown,

    /// <summary>UpAsync: one call, whose items are what is counted.</summary>
    StreamUp,

    /// <summary>ReturnAsync: one call, through which one item at a time goes there and back.</summary>
    PingPong,

    /// <summary>AddAsync(int, int), while one more caller sends and gets a large EchoMessage again and again.</summary>
    LargeBesideSmall,
}
