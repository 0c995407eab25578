using System.Text;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;
using static SourceGen.Rpc.Tests.Support.RawFrames;

namespace SourceGen.Rpc.Tests.Hostile;

/// <summary>
/// Servers that break the protocol: every call of the client ends with a result or a typed error that says what was wrong.
/// </summary>
public sealed class HostileServerTests : IDisposable
{
    private readonly RawServer _server = new();
    private readonly TestLog _log = new();

    public static TheoryData<string, byte[], string> Openings => new()
    {
        { "another HTTP server", Encoding.ASCII.GetBytes("HTTP/1.1 400 Bad Request\r\n\r\n"), "HTTP" },
        { "TLS alert", [0x15, 0x03, 0x01, 0, 2, 2, 70], "TLS" },
        { "codec that was not offered", Opening(RawServer.LabHello() with { Codecs = ["xml"] }), "codec 'xml', which was not offered" },
        { "no codec", Opening(RawServer.LabHello() with { Codecs = [] }), "must hold 'codecs'" },
        { "no calls", Opening(RawServer.LabHello(maxCalls: 0)), "maxCalls = 0" },
        { "refusal", Opening(RawServer.LabHello() with { Error = new ErrorMessage(RpcStatusCode.PermissionDenied, "members only") }), "members only" },
        { "oversized hello", [.. Preamble.Bytes, 1, 0, 16, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "1,048,577 bytes; at most 1,048,576" },
    };

    public void Dispose() => _server.Dispose();

    [Theory]
    [MemberData(nameof(Openings))]
    public async Task ABadOpening_FailsConnectAsyncWithAClearWord(string name, byte[] bytes, string expected)
    {
        Task<RpcClient> connecting = RpcClient.ConnectAsync(_server.Address, LabHost.Patient()).AsTask();
        using RawPeer peer = await _server.AcceptAsync();
        await peer.SendAsync(bytes);
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => connecting.Soon());
        Assert.True(error.Message.Contains(expected, StringComparison.Ordinal), $"{name}: {error.Message}");
        Assert.Contains(_server.Address, error.Message, StringComparison.Ordinal);
        Assert.Equal(RpcCallProgress.NotSent, error.Progress);
    }

    [Fact]
    public async Task ASilentServer_FailsConnectAsyncWithinTheConnectTimeout()
    {
        RpcException error = await Assert.ThrowsAsync<RpcException>(
            () => RpcClient.ConnectAsync(_server.Address, new RpcClientOptions { ConnectTimeout = TimeSpan.FromMilliseconds(100) }).Soon());
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Contains("did not introduce itself within 0.1 s", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ASecondReply_EndsTheConnection_AndTheFirstCounts(bool inOnePiece)
    {
        await using RpcClient client = RpcClient.Create(_server.Address, LabHost.Patient(options => options.LoggerFactory = _log));
        Task<int> call = client.Get<ILab>().AddAsync(1, 2).AsTask();
        using RawPeer peer = await _server.AcceptAndIntroduceAsync();
        ulong id = (await peer.ReadFrameAsync()).Header.CallId;
        byte[] reply = Frame(FrameType.Response, callId: id, payload: Integer(42));
        byte[] second = Frame(FrameType.Response, callId: id, payload: Integer(43));
        if (inOnePiece)
        {
            await peer.SendAsync([.. reply, .. second]);
            Assert.Equal(42, await call.Soon());
        }
        else
        {
            await peer.SendAsync(reply);
            Assert.Equal(42, await call.Soon());
            await peer.SendAsync(second);
        }

        Assert.Contains("answered already", await _log.WaitForAsync("broke the wire protocol"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AResultThatCannotBeRead_FailsItsOwnCall()
    {
        await using RpcClient client = RpcClient.Create(_server.Address, LabHost.Patient());
        Task<int> bad = client.Get<ILab>().AddAsync(1, 2).AsTask();
        using RawPeer peer = await _server.AcceptAndIntroduceAsync();
        await peer.SendAsync(Frame(FrameType.Response, callId: (await peer.ReadFrameAsync()).Header.CallId, payload: [0xC1]));
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => bad.Soon());
        Assert.Equal(RpcStatusCode.Internal, error.Code);
        Assert.Contains("The result of Tests.Lab/Add", error.Message, StringComparison.Ordinal);
        Task<int> worse = client.Get<ILab>().AddAsync(1, 2).AsTask();
        await peer.SendAsync(Frame(FrameType.Error, callId: (await peer.ReadFrameAsync()).Header.CallId, payload: [0xC1]));
        error = await Assert.ThrowsAsync<RpcException>(() => worse.Soon());
        Assert.Contains("an error that cannot be read", error.Message, StringComparison.Ordinal);
        Task<int> good = client.Get<ILab>().AddAsync(1, 2).AsTask();
        await peer.SendAsync(Frame(FrameType.Response, callId: (await peer.ReadFrameAsync()).Header.CallId, payload: Integer(3)));
        Assert.Equal(3, await good.Soon());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task C09_AReplyAboveTheLimit_FailsItsOwnCallNamingBothSizes(bool inFragments)
    {
        await using RpcClient client = RpcClient.Create(_server.Address, LabHost.Patient(options => options.Limits.MaxMessageSize = 2000));
        Task<int> call = client.Get<ILab>().AddAsync(1, 2).AsTask();
        using RawPeer peer = await _server.AcceptAndIntroduceAsync();
        ulong id = (await peer.ReadFrameAsync()).Header.CallId;
        await peer.SendAsync(inFragments
            ? [.. Frame(FrameType.Response, FrameFlags.More, 0, id, new byte[1501]), .. Frame(FrameType.ResponseContinuation, FrameFlags.None, 0, id, new byte[1500])]
            : Frame(FrameType.Response, callId: id, payload: new byte[3001]));
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => call.Soon());
        Assert.Equal(RpcStatusCode.ResourceExhausted, error.Code);
        Assert.Contains("3,001 bytes", error.Message, StringComparison.Ordinal);
        Assert.Contains("2,000", error.Message, StringComparison.Ordinal);
        Task<int> next = client.Get<ILab>().AddAsync(1, 2).AsTask();
        await peer.SendAsync(Frame(FrameType.Response, callId: (await peer.ReadFrameAsync()).Header.CallId, payload: Integer(3)));
        Assert.Equal(3, await next.Soon());
    }

    [Fact]
    public async Task ADescriptionThatFailed_IsAskedForAgainByTheNextCall()
    {
        HelloMessage hello = RawServer.LabHello() with { Services = [new OfferedService("Tests.Lab", "", 1, 1, 0)] };
        await using RpcClient client = RpcClient.Create(_server.Address, LabHost.Patient());
        ILab lab = client.Get<ILab>();
        Task<int> first = lab.AddAsync(1, 2).AsTask();
        using RawPeer peer = await _server.AcceptAndIntroduceAsync(hello);
        (FrameHeader describe, _) = await peer.ReadFrameAsync();
        Assert.Equal(FrameType.Describe, describe.Type);
        await peer.SendAsync(
            Frame(FrameType.Error, callId: describe.CallId, payload: Encode(new ErrorMessage(RpcStatusCode.Unavailable, "not now").Write)));
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => first.Soon());
        Assert.Contains("not now", error.Message, StringComparison.Ordinal);

        Task<int> second = lab.AddAsync(1, 2).AsTask();
        (describe, _) = await peer.ReadFrameAsync();
        Assert.Equal(FrameType.Describe, describe.Type);
        byte[] schema = "service \"Tests.Lab\"\nmethod Add(x: int64, y: int64) -> int64\n"u8.ToArray();
        await peer.SendAsync(Frame(FrameType.Response, callId: describe.CallId, payload: schema));
        (FrameHeader request, _) = await peer.ReadFrameAsync();
        Assert.Equal((FrameType.Request, (ushort)0), (request.Type, request.Method));
        await peer.SendAsync(Frame(FrameType.Response, callId: request.CallId, payload: Integer(3)));
        Assert.Equal(3, await second.Soon());
    }

    [Fact]
    public async Task ADescriptionThatIsNone_IsAnErrorThatSaysSo()
    {
        HelloMessage hello = RawServer.LabHello() with { Services = [new OfferedService("Tests.Lab", "", 1, 1, 0)] };
        await using RpcClient client = RpcClient.Create(_server.Address, LabHost.Patient());
        Task<int> call = client.Get<ILab>().AddAsync(1, 2).AsTask();
        using RawPeer peer = await _server.AcceptAndIntroduceAsync(hello);
        (FrameHeader describe, _) = await peer.ReadFrameAsync();
        await peer.SendAsync(Frame(FrameType.Response, callId: describe.CallId, payload: [0xFF, 0xFE]));
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => call.Soon());
        Assert.Equal((RpcStatusCode.Unimplemented, RpcCallProgress.NotSent), (error.Code, error.Progress));
        Assert.Contains("its description cannot be read", error.Message, StringComparison.Ordinal);
    }
}
