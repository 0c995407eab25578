namespace SourceGen.Rpc.BuiltIn;

/// <summary>How many times fell into one range.</summary>
/// <param name="BelowNanoseconds">The end of the range, which begins where the bucket before it ends.</param>
/// <param name="Count">How many.</param>
public sealed record LatencyBucket(long BelowNanoseconds, long Count);
