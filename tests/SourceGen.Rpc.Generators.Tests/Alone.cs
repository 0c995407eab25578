namespace SourceGen.Rpc.Generators.Tests;

/// <summary>For tests that measure what the whole process shares: its memory.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
