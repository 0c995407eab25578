using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Tests.Transport.Tls;

namespace SourceGen.Rpc.Tests.EndToEnd;

/// <summary>What calls do, over every transport.</summary>
public abstract class EngineConformance
{
    /// <summary>An address at which the transport chooses a free place itself.</summary>
    protected abstract string Any { get; }

    [Fact]
    public async Task EveryShapeOfMethod_Works()
    {
        await using LabHost host = await StartAsync();
        ILab lab = await GetAsync(host);
        Assert.Equal(5, await lab.AddAsync(2, 3).Soon());
        Assert.Equal("hello you hello you", await lab.GreetAsync("you").Soon());
        Assert.Equal("hello you", await lab.GreetAsync("you", 1).Soon());
        Assert.Equal([1, 2, 3], await lab.EchoAsync([1, 2, 3]).Soon());
        await lab.PokeAsync().Soon();
        await lab.NoteAsync(1).Soon();
        await lab.ResetAsync().Soon();
        Assert.Empty(host.Lab.Notes);
    }

    [Fact]
    public async Task C04_PipelinedCalls_ArriveOnceEach()
    {
        await using LabHost host = await StartAsync();
        ILab lab = await GetAsync(host);
        for (int i = 0; i < 5000; i++) await lab.NoteAsync(i);
        await Until.TrueAsync(() => host.Lab.Notes.Count == 5000, () => $"{host.Lab.Notes.Count} of 5000 notes");

        // They begin in order, but a second thread may run some at the same time: what they do is not in order.
        Assert.Equal(Enumerable.Range(0, 5000), host.Lab.Notes.Order());
    }

    [Fact]
    public async Task ManyCallersAtOnce_EachGetTheirOwnResult()
    {
        const int Callers = 512;
        const int Calls = 40;
        await using LabHost host = await StartAsync();
        ILab lab = await GetAsync(host);
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            for (int call = 0; call < Calls; call++) Assert.Equal((caller * 1000) + call, await lab.AddAsync(caller * 1000, call));
        }))).Soon();
    }

    [Theory]
    [InlineData(1024 * 1024)]
    [InlineData(10 * 1024 * 1024)]
    public async Task LargeMessagesBothWays_LetSmallCallsThrough(int size)
    {
        await using LabHost host = await StartAsync();
        ILab lab = await GetAsync(host);
        byte[] payload = Bytes.Random(size, size);
        Task<byte[]>[] large = [.. Enumerable.Range(0, 3).Select(_ => lab.EchoAsync(payload).AsTask())];
        int small = 0;
        while (!Task.WhenAll(large).IsCompleted || small < 10)
        {
            Assert.Equal(small + 1, await lab.AddAsync(small, 1).Soon());
            small++;
        }

        foreach (byte[] echo in await Task.WhenAll(large).Soon()) Assert.True(echo.AsSpan().SequenceEqual(payload));
    }

    [Fact]
    public async Task C13_AnArgumentThatCannotBeEncoded_FailsItsOwnCallOnly()
    {
        await using LabHost host = await StartAsync();
        ILab lab = await GetAsync(host);
        foreach (int before in (int[])[0, 500_000])
        {
            Task<int>[] others = [.. Enumerable.Range(0, 20).Select(i => lab.AddAsync(i, 1).AsTask())];
            RpcException error = await Assert.ThrowsAsync<RpcException>(
                () => lab.AwkwardAsync(Awkward.WhenRead(() => throw new InvalidOperationException("no value"), before)).Soon());
            Assert.Equal(RpcStatusCode.InvalidArgument, error.Code);
            Assert.Equal(RpcCallProgress.NotSent, error.Progress);
            Assert.Contains("Tests.Lab/Awkward", error.Message, StringComparison.Ordinal);
            Assert.Contains("no value", error.Message, StringComparison.Ordinal);
            for (int i = 0; i < others.Length; i++) Assert.Equal(i + 1, await others[i].Soon());
        }
    }

    [Fact]
    public async Task C13_AResultThatCannotBeEncoded_FailsItsOwnCallOnly()
    {
        await using LabHost host = await StartAsync();
        ILab lab = await GetAsync(host);
        foreach (int before in (int[])[0, 500_000])
        {
            host.Lab.OnAwkward = _ => Awkward.WhenRead(() => throw new InvalidOperationException("no value"), before);
            RpcException error = await Assert.ThrowsAsync<RpcException>(() => lab.AwkwardAsync(new Awkward()).Soon());
            Assert.Equal(RpcStatusCode.Internal, error.Code);
            Assert.Contains("The result of Tests.Lab/Awkward cannot be encoded", error.Message, StringComparison.Ordinal);
            Assert.Equal(5, await lab.AddAsync(2, 3).Soon());
        }
    }

    [Fact]
    public async Task C15_AStructuredError_SurvivesTheRoundTrip()
    {
        await using LabHost host = await StartAsync();
        host.Lab.On("fail", static _ => throw new RpcException(RpcStatusCode.NotFound, "no such lamp", "shop.out-of-stock", 404));
        host.Lab.On("fail later", static async _ =>
        {
            await Task.Yield();
            throw new RpcException(RpcStatusCode.Aborted, "ünïcode \ud83d\ude00", "x", -7);
        });
        ILab lab = await GetAsync(host);
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => lab.RunAsync("fail").Soon());
        Assert.Equal(
            (RpcStatusCode.NotFound, "no such lamp", "shop.out-of-stock", 404), (error.Code, error.Detail, error.Id, error.Status));
        Assert.Equal(RpcCallProgress.Answered, error.Progress);
        error = await Assert.ThrowsAsync<RpcException>(() => lab.RunAsync("fail later").Soon());
        Assert.Equal((RpcStatusCode.Aborted, "ünïcode \ud83d\ude00", "x", -7), (error.Code, error.Detail, error.Id, error.Status));
    }

    [Fact]
    public async Task C06_AfterClosing_CallsFailAndClosingAgainIsHarmless()
    {
        await using LabHost host = await StartAsync();
        RpcClient client = await host.ConnectAsync(Configure);
        ILab lab = client.Get<ILab>();
        Assert.Equal(5, await lab.AddAsync(2, 3).Soon());
        await client.DisposeAsync().Soon();
        await client.DisposeAsync().Soon();
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => lab.AddAsync(2, 3).Soon());
        Assert.Equal((RpcStatusCode.Unavailable, RpcCallProgress.NotSent), (error.Code, error.Progress));
        await host.Server.StopAsync().Soon();
        await host.Server.StopAsync().Soon();
    }

    [Fact]
    public async Task CallsInFlight_FailWithProgressUnknown_WhenTheConnectionIsLost()
    {
        await using LabHost host = await StartAsync();
        using Gate gate = new();
        host.Lab.On("wait", async _ =>
        {
            await gate.PassAsync();
            return 1;
        });
        RpcClient client = await host.ConnectAsync(Configure);
        Task<int> call = client.Get<ILab>().RunAsync("wait").AsTask();
        await gate.Reached;
        host.Connections.Single().Close(new RpcException(RpcStatusCode.Internal, "the test cut the cable"));
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => call.Soon());
        Assert.Equal((RpcStatusCode.Unavailable, RpcCallProgress.Unknown), (error.Code, error.Progress));
        Assert.Contains("Tests.Lab/Run", error.Message, StringComparison.Ordinal);
        Assert.Equal(5, await client.Get<ILab>().AddAsync(2, 3).Soon()); // Over a new connection.
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task ClosingInTheMiddleOfEverything_EndsEveryCallOneWayOrTheOther(int seed)
    {
        Random random = new(seed);
        await using LabHost host = await StartAsync();
        RpcClient client = await host.ConnectAsync(Configure);
        ILab lab = client.Get<ILab>();
        int answered = 0;
        Task[] callers = [.. Enumerable.Range(0, 32).Select(caller => Task.Run(async () =>
        {
            try
            {
                for (int call = 0; ; call++)
                {
                    if (call % 8 == 7) await lab.EchoAsync(new byte[200_000]);
                    else if (call % 8 == 3) await lab.NoteAsync(call);
                    else Assert.Equal(caller + call, await lab.AddAsync(caller, call));
                    Interlocked.Increment(ref answered);
                }
            }
            catch (RpcException e)
            {
                Assert.Equal(RpcStatusCode.Unavailable, e.Code);
            }
        }))];
        int enough = random.Next(200, 2000);
        await Until.TrueAsync(() => Volatile.Read(ref answered) > enough, () => $"{answered} calls answered");
        await client.DisposeAsync().Soon();
        await Task.WhenAll(callers).Soon();
        await host.AssertConnectionsAsync(0);
    }

    /// <summary>Sets what distinguishes the implementation.</summary>
    protected virtual void Configure(RpcConnectionOptions options)
    {
    }

    private Task<LabHost> StartAsync() => LabHost.StartAsync(Any, Configure);

    private Task<ILab> GetAsync(LabHost host) => host.GetAsync(Configure);
}

public sealed class MemoryEngineTests : EngineConformance
{
    protected override string Any => "memory://";
}

public sealed class TcpEngineTests : EngineConformance
{
    protected override string Any => "tcp://127.0.0.1:0";
}

public sealed class LowLatencyEngineTests : EngineConformance
{
    protected override string Any => "tcp://127.0.0.1:0";

    protected override void Configure(RpcConnectionOptions options) => options.LowLatency = true;
}

/// <summary>Over a transport that has only pipes.</summary>
public sealed class ForeignTransportEngineTests : EngineConformance
{
    private readonly PipeOnlyTransport _transport = new(new MemoryTransport());

    protected override string Any => "memory://";

    protected override void Configure(RpcConnectionOptions options)
    {
        options.Transports.Clear();
        options.Transports.Add(_transport);
    }
}

public sealed class UnixEngineTests : EngineConformance, IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"sgrpc-{Guid.NewGuid():N}.sock");

    protected override string Any => $"unix://{_path}";

    public void Dispose() => File.Delete(_path);
}

public sealed class TlsEngineTests : EngineConformance
{
    protected override string Any => "tls://127.0.0.1:0";

    protected override void Configure(RpcConnectionOptions options) => TestTls.Use(options);
}

public sealed class LowLatencyTlsEngineTests : EngineConformance
{
    protected override string Any => "tls://127.0.0.1:0";

    protected override void Configure(RpcConnectionOptions options)
    {
        options.LowLatency = true;
        TestTls.Use(options);
    }
}
