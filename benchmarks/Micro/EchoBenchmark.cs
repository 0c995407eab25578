using BenchmarkDotNet.Attributes;

namespace SourceGen.Rpc.Benchmarks.Micro;

/// <summary>The record of the load test, as a map by member name.</summary>
public class EchoBenchmark : CodecBenchmark<Echo>
{
    [Params(32, 1024, 65536)]
    public int Payload { get; set; }

    [GlobalSetup]
    public void Setup() => Use(new Echo(123_456, "sixteen letters!", new byte[Payload]));
}

/// <summary>The same as an array by key.</summary>
public class KeyedEchoBenchmark : CodecBenchmark<KeyedEcho>
{
    [GlobalSetup]
    public void Setup() => Use(new KeyedEcho(123_456, "sixteen letters!", new byte[32]));
}

/// <summary>A thousand of them.</summary>
public class EchoListBenchmark : CodecBenchmark<List<Echo>>
{
    [GlobalSetup]
    public void Setup() => Use([.. Enumerable.Range(0, 1000).Select(i => new Echo(i, "sixteen letters!", new byte[32]))]);
}
