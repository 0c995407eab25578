namespace SourceGen.Rpc.Tests.Support;

/// <summary>For tests that use up what the whole process shares: threads, or the count of allocated bytes.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
