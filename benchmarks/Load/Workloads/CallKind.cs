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
}
