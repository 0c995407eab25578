namespace SourceGen.Rpc.Security;

/// <summary>A call that is decoded before its caller is judged, because the caller's stream does not wait.</summary>
internal interface IAwaitsVerdict
{
    /// <summary>The handler runs only if the verdict is that it may. To be called before the call runs.</summary>
    void AwaitVerdict(PendingAccess access);
}
