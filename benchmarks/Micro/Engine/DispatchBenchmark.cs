using System.Buffers;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using SourceGen.Rpc.Client;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.MessagePack;
using SourceGen.Rpc.Server;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Benchmarks.Micro.Engine;

/// <summary>
/// One call on one side: decoding the request, the handler and encoding the reply on the server; completing the caller, its next call
/// and encoding that on the client. Batches of 256, one thread, no network.
/// </summary>
[MemoryDiagnoser]
public class DispatchBenchmark
{
    private const int Batch = 256;
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
        _addRequests = Serve(0, Encode(static (ref MessagePackWriter writer) =>
        {
            writer.WriteArrayHeader(2);
            writer.Write(123_456);
            writer.Write(1);
        }));
        _echoRequests = Serve(1, [0x91, .. echo]);
        _addReplies = Call(Encode(static (ref MessagePackWriter writer) => writer.Write(123_457)), static contract => AddForEver(contract));
        _echoReplies = Call(echo, static contract => EchoForEver(contract));
    }

    [Benchmark(OperationsPerInvoke = Batch * Reads)]
    public void ServerAdd() => _addRequests.Run(Reads);

    [Benchmark(OperationsPerInvoke = Batch * Reads)]
    public void ServerEcho() => _echoRequests.Run(Reads);

    [Benchmark(OperationsPerInvoke = Batch * Reads)]
    public void ClientAdd() => _addReplies.Run(Reads);

    [Benchmark(OperationsPerInvoke = Batch * Reads)]
    public void ClientEcho() => _echoReplies.Run(Reads);

    private static RpcContract<TService> ContractOf<TService>()
        where TService : class, IRpcContract<TService> => TService.Contract;

    private static byte[] Encode(WriteSteps steps)
    {
        ArrayBufferWriter<byte> output = new();
        MessagePackWriter writer = new(output);
        steps(ref writer);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    private static ConnectionSettings SettingsWith(params OfferedService[] services) => ConnectionSettings.Create(
        new RpcClientOptions { KeepAliveInterval = TimeSpan.FromDays(1) }, // Nobody answers a ping here.
        MessagePackCodec.Instance,
        new HelloMessage { MaxFrameSize = 1 << 20, MaxMessageSize = 1 << 24, MaxConcurrentCalls = 1024, Services = services });

    private static RequestFeed Serve(ushort method, byte[] arguments)
    {
        RequestFeed feed = new(method, arguments, Batch);
        ServiceRegistration<IEngineContract> service = new(
            ContractOf<IEngineContract>(), new SharedServiceSource<IEngineContract>(new EngineService()));
        ServerMethod[] methods = [.. service.Bind(MessagePackCodec.Instance, new ErrorPolicy(includeDetails: false, NullLogger.Instance))];
        new RpcConnection(new FeedTransport(feed), SettingsWith() with { IsAccepted = true }, methods, NullLogger.Instance).Start();
        return feed;
    }

    private static ReplyFeed Call(byte[] reply, Action<IEngineContract> begin)
    {
        ReplyFeed feed = new(reply);
        RpcContract<IEngineContract> contract = ContractOf<IEngineContract>();
        OfferedService offered = new(contract.Name, contract.Version, contract.Fingerprint, (ushort)contract.Methods.Length, 0);
        ClientChannel channel = new(
            RpcAddress.Parse("memory://unused"), new RpcClientOptions { CallTimeout = Timeout.InfiniteTimeSpan });
        channel.TryAdopt(new RpcConnection(new FeedTransport(feed), SettingsWith(offered), methods: [], NullLogger.Instance));
        IEngineContract service = contract.CreateProxy(channel);
        for (int caller = 0; caller < Batch; caller++) begin(service);
        return feed;
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
