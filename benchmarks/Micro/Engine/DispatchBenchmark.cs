using System.Buffers;
using BenchmarkDotNet.Attributes;
using SourceGen.Rpc.MessagePack;

namespace SourceGen.Rpc.Benchmarks.Micro.Engine;

/// <summary>
/// One call on one side: decoding the request, the handler and encoding the reply on the server; completing the caller, its next call
/// and encoding that on the client. Batches of 256, one thread, no network.
/// </summary>
[MemoryDiagnoser]
public class DispatchBenchmark
{
    private const int Batch = EngineFeeds.Batch;
    private const int Reads = 64;

    private FrameFeed _addRequests = null!;
    private FrameFeed _echoRequests = null!;
    private FrameFeed _addReplies = null!;
    private FrameFeed _echoReplies = null!;

    [GlobalSetup]
    public void Setup()
    {
        byte[] echo = Encode(static (ref MessagePackWriter writer) =>
        {
            writer.WriteArrayHeader(3);
            writer.Write(123_456);
            writer.Write("sixteen letters!");
            writer.WriteBinary(new byte[32]);
        });
        _addRequests = EngineFeeds.Serve(0, Encode(static (ref MessagePackWriter writer) =>
        {
            writer.WriteArrayHeader(2);
            writer.Write(123_456);
            writer.Write(1);
        }));
        _echoRequests = EngineFeeds.Serve(1, [0x91, .. echo]);
        _addReplies = EngineFeeds.Call(Encode(static (ref MessagePackWriter writer) => writer.Write(123_457)), static service => AddForEver(service));
        _echoReplies = EngineFeeds.Call(echo, static service => EchoForEver(service));
    }

    [Benchmark(OperationsPerInvoke = Batch * Reads)]
    public void ServerAdd() => _addRequests.Run(Reads);

    [Benchmark(OperationsPerInvoke = Batch * Reads)]
    public void ServerEcho() => _echoRequests.Run(Reads);

    [Benchmark(OperationsPerInvoke = Batch * Reads)]
    public void ClientAdd() => _addReplies.Run(Reads);

    [Benchmark(OperationsPerInvoke = Batch * Reads)]
    public void ClientEcho() => _echoReplies.Run(Reads);

    private static byte[] Encode(WriteSteps steps)
    {
        ArrayBufferWriter<byte> output = new();
        MessagePackWriter writer = new(output);
        steps(ref writer);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    private static async void AddForEver(IEngineContract service)
    {
        while (true) await service.AddAsync(123_456, 1);
    }

    private static async void EchoForEver(IEngineContract service)
    {
        Message message = new() { Id = 123_456, Name = "sixteen letters!", Payload = new byte[32] };
        while (true) await service.EchoAsync(message);
    }

    private delegate void WriteSteps(ref MessagePackWriter writer);
}
