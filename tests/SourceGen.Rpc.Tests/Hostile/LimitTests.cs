using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using SourceGen.Rpc.Server;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;
using static SourceGen.Rpc.Tests.Support.RawFrames;

namespace SourceGen.Rpc.Tests.Hostile;

/// <summary>What is beyond a server's limits is refused with a word that says which, and what is within them goes on.</summary>
public sealed class LimitTests
{
    private static readonly ushort s_add = RawServer.MethodNumber("Add");
    private static readonly ushort s_note = RawServer.MethodNumber("Note");

    [Fact]
    public async Task AConnectionTooMany_IsRefusedInTheHello_UntilAnotherEnds()
    {
        await using LabHost host = await LabHost.StartAsync(configure: static options => options.MaxConnections = 2);
        using RawPeer first = await RawPeer.IntroduceAsync(host.Address);
        RawPeer second = await RawPeer.IntroduceAsync(host.Address);
        using RawPeer third = await RawPeer.ConnectAsync(host.Address);
        await third.SendAsync(Opening(ClientHello()));
        ErrorMessage refusal = (await third.ReadHelloAsync()).Error!;
        Assert.Equal((RpcStatusCode.ResourceExhausted, true), (refusal.Code, refusal.Refused));
        Assert.Contains("2 connections already (MaxConnections)", refusal.Detail, StringComparison.Ordinal);
        Assert.Empty(await third.ReadToEndAsync());

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => RpcClient.ConnectAsync(host.Address, LabHost.Patient()).Soon());
        Assert.Equal((RpcStatusCode.ResourceExhausted, RpcCallProgress.NotSent), (error.Code, error.Progress));
        Assert.Contains("refuses the connection: The server has 2 connections already", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, host.Server.Rejections.Connections);

        second.Dispose();
        await host.AssertConnectionsAsync(1);
        await Until.TrueAsync(() => host.Admission.Open == 1, () => $"{host.Admission.Open} connections are counted");
        await host.AssertServesAsync();
    }

    [Fact]
    public async Task ConnectionsOfOneAddress_AreCountedByThemselves()
    {
        await using LabHost host = await LabHost.StartAsync(configure: static options => options.MaxConnectionsPerAddress = 1);
        using RawPeer first = await RawPeer.IntroduceAsync(host.Address);
        using RawPeer second = await RawPeer.ConnectAsync(host.Address);
        await second.SendAsync(Opening(ClientHello()));
        ErrorMessage refusal = (await second.ReadHelloAsync()).Error!;
        Assert.Equal(RpcStatusCode.ResourceExhausted, refusal.Code);
        Assert.Contains("1 connections from 127.0.0.1 already (MaxConnectionsPerAddress)", refusal.Detail, StringComparison.Ordinal);

        using Socket elsewhere = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        elsewhere.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
        await elsewhere.ConnectAsync(RawPeer.EndPointOf(host.Address)).Soon();
        using RawPeer third = new(elsewhere);
        await third.SendAsync(Opening(ClientHello()));
        Assert.Null((await third.ReadHelloAsync()).Error);
    }

    [Fact]
    public async Task ConnectionsWithinTheProcess_HaveNoAddressToBeCountedBy()
    {
        await using LabHost host = await LabHost.StartAsync("memory://", static options => options.MaxConnectionsPerAddress = 1);
        await host.GetAsync();
        await host.AssertServesAsync();
    }

    [Theory]
    [InlineData("[2001:db8::1]:1", "[2001:db8::2]:1", true)]
    [InlineData("[2001:db8:0:1::1]:1", "[2001:db8:0:2::1]:1", false)]
    [InlineData("10.0.0.1:1", "10.0.0.1:2", true)]
    [InlineData("10.0.0.1:1", "10.0.0.2:1", false)]
    public void AnAddress_IsAnIPv4HostOrAnIPv6Network(string first, string second, bool same)
    {
        ConnectionAdmission admission = new(new RpcServerOptions { MaxConnectionsPerAddress = 1 }, new RejectionCounters());
        using ConnectionTicket one = admission.Enter(RpcAddress.Create("tcp", first));
        using ConnectionTicket two = admission.Enter(RpcAddress.Create("tcp", second));
        Assert.Null(one.Refusal);
        Assert.Equal(same, two.Refusal is not null);
    }

    [Fact]
    public async Task ConnectionsThatDoNotIntroduceThemselves_AreBounded_AndTheRefusalDoesNotWaitForThem()
    {
        await using LabHost host = await LabHost.StartAsync(configure: static options =>
        {
            options.MaxConnectionsInHandshake = 2;
            options.HandshakeTimeout = Waiting.Limit;
        });
        RawPeer first = await RawPeer.ConnectAsync(host.Address);
        using RawPeer second = await RawPeer.ConnectAsync(host.Address);
        using RawPeer third = await RawPeer.ConnectAsync(host.Address);
        ErrorMessage refusal = (await third.ReadHelloAsync()).Error!;
        Assert.Equal(RpcStatusCode.ResourceExhausted, refusal.Code);
        Assert.Contains("2 connections that have not introduced themselves", refusal.Detail, StringComparison.Ordinal);

        first.Dispose();
        await Until.TrueAsync(() => host.Admission.Open == 1, () => $"{host.Admission.Open} connections are counted");
        await host.AssertServesAsync();
    }

    [Fact]
    public async Task CallsBeyondTheLimitOfAllConnections_AreRefused_AndDoNotRun()
    {
        await using LabHost host = await LabHost.StartAsync(configure: static options => options.MaxTotalConcurrentCalls = 3);
        using Gate gate = new();
        host.Lab.On("wait", async _ =>
        {
            await gate.PassAsync();
            return 1;
        });
        ILab first = await host.GetAsync();
        ILab second = await host.GetAsync();
        Task<int>[] held = [first.RunAsync("wait").AsTask(), second.RunAsync("wait").AsTask(), first.RunAsync("wait").AsTask()];
        await Until.TrueAsync(() => gate.Count == 3, () => $"{gate.Count} handlers run");
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => second.AddAsync(1, 2).Soon());
        Assert.Equal((RpcStatusCode.ResourceExhausted, RpcCallProgress.Refused), (error.Code, error.Progress));
        Assert.Contains("the server runs 3 calls already (MaxTotalConcurrentCalls)", error.Message, StringComparison.Ordinal);
        await second.NoteAsync(1).Soon();
        await Until.TrueAsync(() => host.Server.Rejections.Calls == 2, () => $"{host.Server.Rejections.Calls} calls were refused");
        gate.Open();
        await Task.WhenAll(held).Soon();
        await Until.TrueAsync(() => host.Connections.First().Admission!.Running == 0, () => "calls are still counted");
        Assert.Equal(3, await second.AddAsync(1, 2).Soon());
        Assert.Empty(host.Lab.Notes);
    }

    [Fact]
    public async Task ARequestThatCannotBeRead_LeavesNoTraceInTheCount()
    {
        await using LabHost host = await LabHost.StartAsync(configure: static options => options.MaxTotalConcurrentCalls = 1);
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        for (uint i = 1; i <= 3; i++)
        {
            await peer.SendAsync(Frame(FrameType.Request, method: s_add, callId: Id(0, i), payload: [0xC1]));
            Assert.Equal(RpcStatusCode.InvalidArgument, ReadError((await peer.ReadFrameAsync()).Payload).Code);
        }

        await peer.SendAsync(Frame(FrameType.Request, method: s_add, callId: Id(0, 4), payload: Arguments(1, 2)));
        Assert.Equal([3], (await peer.ReadFrameAsync()).Payload);
    }

    [Fact]
    public async Task ARateLimiter_RefusesWithTheTimeToWait_AndTellsCallsApart()
    {
        using PartitionedRateLimiter<RpcCallInfo> limiter = PartitionedRateLimiter.Create<RpcCallInfo, string>(static call => call.Method == "Add"
            ? RateLimitPartition.GetTokenBucketLimiter("Add", static _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = 2,
                TokensPerPeriod = 1,
                ReplenishmentPeriod = TimeSpan.FromHours(1),
                AutoReplenishment = false,
            })
            : RateLimitPartition.GetNoLimiter("others"));
        await using LabHost host = await LabHost.StartAsync(configure: options => options.RateLimiter = limiter);
        ILab lab = await host.GetAsync();
        Assert.Equal(3, await lab.AddAsync(1, 2).Soon());
        Assert.Equal(3, await lab.AddAsync(1, 2).Soon());
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => lab.AddAsync(1, 2).Soon());
        Assert.Equal((RpcStatusCode.ResourceExhausted, RpcCallProgress.Refused), (error.Code, error.Progress));
        Assert.Contains(
            "Tests.Lab/Add was refused by the server's rate limiter. Try again after 3600000 ms.", error.Message, StringComparison.Ordinal);
        Assert.True(error.TryGetDetail(out RpcRetryAfter? retry));
        Assert.Equal(TimeSpan.FromHours(1), retry.Delay);
        Assert.Equal("hello you", await lab.GreetAsync("you", 1).Soon());
        Assert.Equal(1, host.Server.Rejections.Calls);
        await host.Log.WaitForAsync("Refused a call of Tests.Lab/Add");
    }

    [Fact]
    public async Task AStreamThatTheRateLimiterRefuses_HasTheTimeToWaitToo()
    {
        using PartitionedRateLimiter<RpcCallInfo> limiter = PartitionedRateLimiter.Create<RpcCallInfo, int>(
            static call => call.Method == "Count"
            ? RateLimitPartition.GetFixedWindowLimiter(0, static _ => new FixedWindowRateLimiterOptions
            {
                PermitLimit = 1,
                Window = TimeSpan.FromDays(1),
                AutoReplenishment = false,
            })
            : RateLimitPartition.GetNoLimiter(1));
        await using Streams.FeedHost host = await Streams.FeedHost.StartAsync(
            server: options => ((RpcServerOptions)options).RateLimiter = limiter);
        List<int> read = [];
        Assert.Null(await Streams.Items.ReadIntoAsync(host.Calls.CountAsync(3), read).Soon());
        RpcException error = Assert.IsType<RpcException>(await Streams.Items.ReadIntoAsync(host.Calls.CountAsync(3), read).Soon());
        Assert.Equal((RpcStatusCode.ResourceExhausted, RpcCallProgress.Refused), (error.Code, error.Progress));
        Assert.True(error.TryGetDetail(out RpcRetryAfter? retry));
        Assert.InRange(retry.Delay, TimeSpan.FromHours(1), TimeSpan.FromDays(1));
        Assert.Equal([0, 1, 2], read);
    }

    [Theory]
    [InlineData("00", 0)]
    [InlineData("CE0036EE80", 3_600_000)]
    [InlineData("FF", null)]
    [InlineData("CF7FFFFFFFFFFFFFFF", null)]
    [InlineData("A161", null)]
    [InlineData("", null)]
    public async Task TheTimeToWait_IsReadIfItIsOne_AndTheErrorInAnyCase(string payload, int? milliseconds)
    {
        using RawServer server = new();
        await using RpcClient client = RpcClient.Create(server.Address, LabHost.Patient());
        Task<int> call = client.Get<ILab>().AddAsync(1, 2).AsTask();
        using RawPeer peer = await server.AcceptAndIntroduceAsync();
        ulong id = (await peer.ReadFrameAsync()).Header.CallId;
        ErrorMessage message = new(RpcStatusCode.ResourceExhausted, "not now", Refused: true)
        {
            DetailType = "rpc.RetryAfter",
            DetailPayload = Convert.FromHexString(payload),
        };
        await peer.SendAsync(Frame(FrameType.Error, callId: id, payload: Encode(message.Write)));
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => call.Soon());
        Assert.Equal((RpcStatusCode.ResourceExhausted, "not now"), (error.Code, error.Detail));
        Assert.Equal(milliseconds is not null, error.TryGetDetail(out RpcRetryAfter? retry));
        if (milliseconds is { } expected) Assert.Equal(TimeSpan.FromMilliseconds(expected), retry!.Delay);
    }

    [Fact]
    public async Task APermit_IsGivenBackWhenTheCallIsOver()
    {
        using PartitionedRateLimiter<RpcCallInfo> limiter = PartitionedRateLimiter.Create<RpcCallInfo, long>(static call =>
            RateLimitPartition.GetConcurrencyLimiter(call.ConnectionId, static _ => new ConcurrencyLimiterOptions { PermitLimit = 1 }));
        await using LabHost host = await LabHost.StartAsync(configure: options => options.RateLimiter = limiter);
        using Gate gate = new();
        host.Lab.On("wait", async _ =>
        {
            await gate.PassAsync();
            return 1;
        });
        ILab lab = await host.GetAsync();
        ILab other = await host.GetAsync();
        Task<int> held = lab.RunAsync("wait").AsTask();
        await gate.Reached;
        await Assert.ThrowsAsync<RpcException>(() => lab.AddAsync(1, 2).Soon());
        Assert.Equal(3, await other.AddAsync(1, 2).Soon());
        gate.Open();
        await held.Soon();
        await Until.TrueAsync(() => host.Connections.First().Admission!.Running == 0, () => "calls are still counted");
        Assert.Equal(3, await lab.AddAsync(1, 2).Soon());
    }

    [Fact]
    public async Task ALimiterThatThrows_RefusesTheCall_AndTheConnectionGoesOn()
    {
        bool broken = true;
        using PartitionedRateLimiter<RpcCallInfo> limiter = PartitionedRateLimiter.Create<RpcCallInfo, int>(_ => Volatile.Read(ref broken)
            ? throw new InvalidOperationException("no such partition")
            : RateLimitPartition.GetNoLimiter(0));
        await using LabHost host = await LabHost.StartAsync(configure: options => options.RateLimiter = limiter);
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        await peer.SendAsync(Frame(FrameType.Request, method: s_add, callId: Id(0), payload: Arguments(1, 2)));
        ErrorMessage error = ReadError((await peer.ReadFrameAsync()).Payload);
        Assert.Equal((RpcStatusCode.ResourceExhausted, true), (error.Code, error.Refused));
        Assert.DoesNotContain("partition", error.Detail, StringComparison.Ordinal);
        Assert.Contains("no such partition", await host.Log.WaitForAsync("The rate limiter failed"), StringComparison.Ordinal);
        await peer.SendAsync(Frame(FrameType.Request, FrameFlags.OneWay, s_note, payload: Arguments(1)));
        Volatile.Write(ref broken, false);
        await peer.SendAsync(Frame(FrameType.Request, method: s_add, callId: Id(0, 2), payload: Arguments(1, 2)));
        await peer.ReadFrameAsync();
        await peer.SendAsync(Frame(FrameType.Request, method: s_add, callId: Id(0, 3), payload: Arguments(1, 2)));
        Assert.Equal([3], (await peer.ReadFrameAsync()).Payload);
    }
}
