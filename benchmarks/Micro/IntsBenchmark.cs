using BenchmarkDotNet.Attributes;

namespace SourceGen.Rpc.Benchmarks.Micro;

/// <summary>1000 integers: all of one byte, all of five, or of every width.</summary>
public class IntsBenchmark : CodecBenchmark<int[]>
{
    [Params("small", "large", "mixed")]
    public string Size { get; set; } = "";

    [GlobalSetup]
    public void Setup() => Use([.. Enumerable.Range(0, 1000).Select(i => Size switch
    {
        "small" => i % 128,
        "large" => int.MaxValue - i,
        _ => (i % 5) switch { 0 => 5, 1 => 200, 2 => 60_000, 3 => 100_000, _ => -1_000_000 },
    })]);
}
