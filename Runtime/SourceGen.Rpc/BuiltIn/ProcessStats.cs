namespace SourceGen.Rpc.BuiltIn;

/// <summary>The process that a server runs in.</summary>
/// <param name="HeapBytes">Bytes on the managed heap.</param>
/// <param name="AllocatedBytes">Bytes that were ever allocated there.</param>
/// <param name="Collections">Garbage collections of any generation.</param>
/// <param name="PoolThreads">Threads of the thread pool.</param>
public sealed record ProcessStats(long HeapBytes, long AllocatedBytes, int Collections, int PoolThreads);
