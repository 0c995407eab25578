namespace SourceGen.Rpc.Policies;

/// <summary>What is done about an attempt that failed, as far as its error says; attempts, time and budget are others' to count.</summary>
internal enum RetryDecision
{
    /// <summary>The call ends with this error.</summary>
    No,

    /// <summary>The call goes on to another server at once: nothing ran, and nobody was burdened.</summary>
    AtOnce,

    /// <summary>The call goes on after a wait.</summary>
    AfterBackoff,
}
