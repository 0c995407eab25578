namespace SourceGen.Rpc.Selection;

/// <summary>That a node gets no calls for a while, and why. Immutable.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Detail">Why, in words: <c>3 calls in a row failed</c>.</param>
/// <param name="Since">Since when.</param>
/// <param name="Until">When it gets calls again, unless it is restored before.</param>
/// <param name="Count">How many times in a row it was ejected, this one included: the time doubles with each.</param>
public sealed record NodeEjection(EjectionReason Reason, string Detail, DateTimeOffset Since, DateTimeOffset Until, int Count)
{
    /// <summary>Reason and time, for messages.</summary>
    public override string ToString() => $"{Detail}; ejected until {Until:HH:mm:ss} UTC";
}
