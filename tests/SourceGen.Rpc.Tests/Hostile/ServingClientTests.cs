using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;
using static SourceGen.Rpc.Tests.Support.RawFrames;

namespace SourceGen.Rpc.Tests.Hostile;

/// <summary>Clients that serve, against servers that say exactly what a test wants.</summary>
[Collection(nameof(Alone))]
public sealed class ServingClientTests : IDisposable
{
    private readonly RawServer _server = new();
    private readonly TestLog _log = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task TheHello_ListsWhatTheClientOffers_AndHowManyCallsItTakes()
    {
        await using RpcClient plain = RpcClient.Create(_server.Address, LabHost.Patient());
        Task<int> call = plain.Get<ILab>().AddAsync(1, 2).AsTask();
        using (RawPeer peer = await _server.AcceptAsync())
        {
            HelloMessage hello = await peer.ReadHelloAsync();
            Assert.Empty(hello.Services);
            Assert.Equal(0, hello.MaxConcurrentCalls);
        }

        await plain.DisposeAsync().Soon();
        await Assert.ThrowsAsync<RpcException>(() => call.Soon());

        await using RpcClient serving = RpcClient.Create(_server.Address, LabHost.Patient(Configure));
        call = serving.Get<ILab>().AddAsync(1, 2).AsTask();
        using (RawPeer peer = await _server.AcceptAsync())
        {
            HelloMessage hello = await peer.ReadHelloAsync();
            Assert.Equal("Tests.Lab", Assert.Single(hello.Services).Name);
            Assert.Equal(8192, hello.MaxConcurrentCalls);
        }

        await serving.DisposeAsync().Soon();
        await Assert.ThrowsAsync<RpcException>(() => call.Soon());
    }

    [Fact]
    public async Task AServerThatNeverReads_IsStillRead_AndItsCallsWaitAtABoundedPrice()
    {
        const int Calls = 4000;
        const int Size = 100_000;
        await using RpcClient client = RpcClient.Create(_server.Address, LabHost.Patient(options =>
        {
            Configure(options);
            options.Limits.MaxOutputBacklog = 256 * 1024;
        }));
        Task<int> own = client.Get<ILab>().AddAsync(1, 2).AsTask();
        using RawPeer peer = await _server.AcceptAndIntroduceAsync();
        (FrameHeader request, byte[] _) = await peer.ReadFrameAsync();
        RpcConnection connection = LabHost.ConnectionOf(client);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        ushort blob = RawServer.MethodNumber("Blob");
        byte[] requests =
            [.. Enumerable.Range(0, Calls).SelectMany(slot => Frame(FrameType.Request, method: blob, callId: Id(slot), payload: Arguments(Size)))];
        await peer.SendAsync([.. requests, .. Frame(FrameType.Response, callId: request.CallId, payload: Integer(3))]);

        // The answer to the client's own call stands behind everything that it cannot answer yet.
        Assert.Equal(3, await own.Soon());
        Assert.True(connection.Output.IsFull);
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.True(allocated < 60_000_000, $"{allocated:N0} bytes were allocated for {Calls * (long)Size:N0} that nobody reads");

        HashSet<ulong> answered = [];
        for (int i = 0; i < Calls; i++)
        {
            (FrameHeader header, byte[] payload) = await peer.ReadFrameAsync();
            Assert.Equal((FrameType.Response, Size + 5), (header.Type, payload.Length));
            Assert.True(answered.Add(header.CallId));
        }

        await Until.TrueAsync(() => connection.Running.Count == 0, () => $"{connection.Running.Count} calls are left");
    }

    [Fact]
    public async Task CallsThatWait_EndWithTheConnection()
    {
        const int Calls = 1000;
        RpcClient client = RpcClient.Create(_server.Address, LabHost.Patient(options =>
        {
            Configure(options);
            options.DrainTimeout = TimeSpan.Zero;
            options.Limits.MaxOutputBacklog = 64 * 1024;
        }));
        Task<int> own = client.Get<ILab>().AddAsync(1, 2).AsTask();
        using RawPeer peer = await _server.AcceptAndIntroduceAsync();
        await peer.ReadFrameAsync();
        RpcConnection connection = LabHost.ConnectionOf(client);
        byte[] requests = [.. Enumerable.Range(0, Calls).SelectMany(slot =>
            Frame(FrameType.Request, method: RawServer.MethodNumber("Blob"), callId: Id(slot), payload: Arguments(100_000)))];
        await peer.SendAsync(requests);
        await Until.TrueAsync(() => connection.Output.IsFull, () => "the output is not full");
        await client.DisposeAsync().Soon();
        await Assert.ThrowsAsync<RpcException>(() => own.Soon());
        await Until.TrueAsync(() => connection.Running.Count == 0, () => $"{connection.Running.Count} calls are left");
    }

    private void Configure(RpcClientOptions options)
    {
        options.LoggerFactory = _log;
        options.AddService<ILab>(new Lab());
    }
}
