using System.Text;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;
using static SourceGen.Rpc.Tests.Support.RawFrames;

namespace SourceGen.Rpc.Tests.Hostile;

/// <summary>
/// Peers that break the protocol. After each, another connection still works, a line says what happened, and nothing is left over.
/// </summary>
public sealed class HostilePeerTests : IAsyncLifetime
{
    private static readonly ushort s_add = RawServer.MethodNumber("Add");
    private static readonly ushort s_run = RawServer.MethodNumber("Run");

    private LabHost _host = null!;
    private ILab _witness = null!;
    private Gate _gate = null!;

    /// <summary>What a client sends after its hello, and what the log then says of it.</summary>
    public static TheoryData<string, byte[], string> Violations => new()
    {
        { "unknown frame type", Frame((FrameType)99), "frame of type 99" },
        { "second hello", Frame(FrameType.Hello), "frame of type 1" },
        { "frame above the limit", [0xFF, 0xFF, 0xFF, 0x7F, 16, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0], "2,147,483,647 bytes; this side accepts at most 1,048,576" },
        { "largest length", [0xFF, 0xFF, 0xFF, 0xFF, 16, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0], "4,294,967,295 bytes" },
        { "slot beyond the limit", Frame(FrameType.Request, method: s_add, callId: Id(9000), payload: Arguments(1, 2)), "call slot 9,000; this side accepts 8,192" },
        { "largest slot", Frame(FrameType.Request, method: s_add, callId: ulong.MaxValue, payload: Arguments(1, 2)), "call slot 4,294,967,295" },
        { "describe beyond the limit", Frame(FrameType.Describe, callId: Id(9000)), "call slot 9,000" },
        { "reply to no call", Frame(FrameType.Response, callId: Id(0), payload: Integer(1)), "answered call" },
        { "error to no call", Frame(FrameType.Error, callId: Id(3)), "answered call" },
        { "reply begun to no call", Frame(FrameType.Response, FrameFlags.More, callId: Id(0)), "answered call" },
        { "continuation without a beginning", Frame(FrameType.RequestContinuation, callId: Id(0), payload: [1]), "which it did not begin" },
        { "reply continuation without a beginning", Frame(FrameType.ResponseContinuation, callId: Id(0), payload: [1]), "which it did not begin" },
        {
            "request begun twice",
            [.. Frame(FrameType.Request, FrameFlags.More, s_add, Id(0)), .. Frame(FrameType.Request, FrameFlags.More, s_add, Id(0))],
            "again before it was complete"
        },
        { "headers longer than the payload", Frame(FrameType.Request, FrameFlags.Headers, s_add, Id(0), [0xFF, 0xFF, 0, 0, 1]), "headers are longer" },
        { "negative headers", Frame(FrameType.Request, FrameFlags.Headers, s_add, Id(0), [0xFF, 0xFF, 0xFF, 0xFF]), "headers are longer" },
        { "deadline cut off", Frame(FrameType.Request, FrameFlags.Deadline, s_add, Id(0), [1, 2]), "headers are longer" },
        { "go-away that is none", Frame(FrameType.GoAway, payload: [0xC1]), "go-away that cannot be read" },
        {
            "slot used again",
            [.. Frame(FrameType.Request, method: s_run, callId: Id(0), payload: [0x91, 0xA4, .. "wait"u8]), .. Frame(FrameType.Request, method: s_add, callId: Id(0, 2), payload: Arguments(1, 2))],
            "again before its call was answered"
        },
    };

    /// <summary>What does not even get through the handshake.</summary>
    public static TheoryData<string, byte[], string> Openings => new()
    {
        { "SSH", [.. "SSH-2.0-OpenSSH_9.6\r\n"u8], "SSH" },
        { "another version", [.. "SGRPC"u8, 0xF5, 2, (byte)'\n'], "protocol version 2, and this side speaks version 1" },
        { "zeros", new byte[64], "something else than SourceGen.Rpc" },
        { "a request instead of a hello", [.. Preamble.Bytes, .. Frame(FrameType.Request)], "first frame is of type Request" },
        { "a hello above the limit", [.. Preamble.Bytes, 1, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "65,537 bytes; at most 65,536" },
        { "a hello that is none", [.. Preamble.Bytes, .. Frame(FrameType.Hello, payload: [0xC1])], "cannot be read" },
        { "a hello without contents", [.. Preamble.Bytes, .. Frame(FrameType.Hello, payload: [0x80])], "must hold" },
        { "a hello with a small frame limit", Opening(ClientHello() with { MaxFrameSize = 100 }), "maxFrame = 100" },
        { "a hello with negative calls", Opening(ClientHello() with { MaxConcurrentCalls = -1 }), "maxCalls = -1" },
    };

    public async Task InitializeAsync()
    {
        _host = await LabHost.StartAsync();
        _gate = new Gate();
        _host.Lab.On("wait", async _ =>
        {
            await _gate.PassAsync();
            return 1;
        });
        _witness = await _host.GetAsync();
        Assert.Equal(3, await _witness.AddAsync(1, 2).Soon());
    }

    public async Task DisposeAsync()
    {
        // The witness's connection has been open all the time, and is the only one left.
        Assert.Equal(5, await _witness.AddAsync(2, 3).Soon());
        await _host.AssertServesAsync();
        _gate.Open();
        await _host.AssertConnectionsAsync(1);
        await _host.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Violations))]
    public async Task AViolation_ClosesItsConnectionAndIsLogged(string name, byte[] bytes, string logged)
    {
        using RawPeer peer = await RawPeer.IntroduceAsync(_host.Address);
        await peer.SendAsync(bytes);
        List<(FrameHeader Header, byte[] Payload)> answers = Split(await peer.ReadToEndAsync());
        Assert.True(answers.Count <= 2, $"{name} was answered with {answers.Count} frames");
        string line = await _host.Log.WaitForAsync("broke the wire protocol");
        Assert.Contains(logged, line, StringComparison.Ordinal);

        // The peer is told why, in the frame that ends the connection.
        (FrameHeader header, byte[] payload) = answers[^1];
        Assert.Equal(FrameType.GoAway, header.Type);
        Assert.Contains(logged, ReadError(payload).Detail, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Openings))]
    public async Task AForeignOrBrokenOpening_IsTurnedAwayAndLogged(string name, byte[] bytes, string logged)
    {
        using RawPeer peer = await RawPeer.ConnectAsync(_host.Address);
        await peer.SendAsync(bytes);
        Assert.True((await peer.ReadToEndAsync()).Length == 0, name);
        Assert.Contains(logged, await _host.Log.WaitForAsync("Refused the connection"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 0, RpcStatusCode.InvalidArgument, "maxCalls = 0")]
    [InlineData(257, 1, RpcStatusCode.ResourceExhausted, "offers 257 services; a server takes at most 256")]
    public async Task AClientWhoseOffersCannotBeTaken_IsToldSo(int services, int maxCalls, RpcStatusCode code, string detail)
    {
        using RawPeer peer = await RawPeer.ConnectAsync(_host.Address);
        OfferedService[] offered = [.. Enumerable.Range(0, services).Select(static i => new OfferedService($"S{i}", "", 1, 1, (ushort)i))];
        await peer.SendAsync(Opening(ClientHello() with { MaxConcurrentCalls = maxCalls, Services = offered }));
        HelloMessage answer = await peer.ReadHelloAsync();
        Assert.Equal(code, answer.Error!.Code);
        Assert.Contains(detail, answer.Error.Detail, StringComparison.Ordinal);
        Assert.Contains(detail, await _host.Log.WaitForAsync("Refused the connection"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ATlsHandshake_IsAnsweredWithARefusalInPlain()
    {
        using RawPeer peer = await RawPeer.ConnectAsync(_host.Address);
        await peer.SendAsync([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03, .. Bytes.Random(9, 500)]);
        HelloMessage answer = await peer.ReadHelloAsync();
        Assert.Contains("use tcp:// to connect", answer.Error!.Detail, StringComparison.Ordinal);
        Assert.Empty(await peer.ReadToEndAsync());
        Assert.Contains("TLS", await _host.Log.WaitForAsync("Refused the connection"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnHttpRequest_IsAnsweredInItsOwnWords()
    {
        using HttpClient http = new();
        HttpResponseMessage response = await http.GetAsync(new Uri($"http://{RawPeer.EndPointOf(_host.Address)}/")).Soon();
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(
            "This port speaks SourceGen.Rpc, not HTTP. Connect with an RPC client.\r\n", await response.Content.ReadAsStringAsync().Soon());
        Assert.Contains("HTTP", await _host.Log.WaitForAsync("Refused the connection"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnHttpRequestThatComesByteByByte_IsAnsweredToo()
    {
        using RawPeer peer = await RawPeer.ConnectAsync(_host.Address);
        foreach (byte letter in "GET / HTTP/1.1\r\n"u8.ToArray()) await peer.SendAsync([letter]);
        Assert.StartsWith("HTTP/1.1 400 Bad Request", Encoding.ASCII.GetString(await peer.ReadToEndAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ATruncatedHello_IsLogged()
    {
        using RawPeer peer = await RawPeer.ConnectAsync(_host.Address);
        byte[] opening = Opening(ClientHello());
        await peer.SendAsync(opening[..^5]);
        peer.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        Assert.Empty(await peer.ReadToEndAsync());
        await _host.Log.WaitForAsync($"{opening.Length - 5} bytes had arrived");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task APeerThatDiesWithinAFrame_IsALostConnectionAndNoViolation(bool reset)
    {
        using RawPeer peer = await RawPeer.IntroduceAsync(_host.Address);
        RpcConnection connection = await _host.ConnectionOfAsync(peer);
        byte[] whole = Frame(FrameType.Request, method: s_add, callId: Id(0), payload: Arguments(1, 2));
        await peer.SendAsync([.. whole, .. whole[..^1]]);

        // The reply to the first says that the half of the second is here as well: a reset may take away what was not received.
        Assert.Equal([3], (await peer.ReadFrameAsync()).Payload);
        if (reset)
        {
            peer.Socket.LingerState = new System.Net.Sockets.LingerOption(enable: true, seconds: 0);
            peer.Socket.Dispose();
        }
        else
        {
            peer.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            Assert.Empty(await peer.ReadToEndAsync()); // It is told nothing: it has done nothing wrong.
        }

        await connection.Closed.Soon();
        string line = await _host.Log.WaitForAsync("in the middle of a frame, of which 18 bytes had arrived.");
        Assert.Contains("The connection is lost: ", line, StringComparison.Ordinal);
        Assert.StartsWith("Debug 1: ", line, StringComparison.Ordinal);
        Assert.Equal(0, _host.Log.Count("broke the wire protocol"));
    }

    [Fact]
    public async Task AnUnknownMethodNumber_IsAnsweredAndTheConnectionGoesOn()
    {
        using RawPeer peer = await RawPeer.IntroduceAsync(_host.Address);
        await peer.SendAsync(Frame(FrameType.Request, method: 999, callId: Id(0)));
        (FrameHeader header, byte[] payload) = await peer.ReadFrameAsync();
        Assert.Equal((FrameType.Error, Id(0)), (header.Type, header.CallId));
        Assert.Equal(RpcStatusCode.Unimplemented, ReadError(payload).Code);
        Assert.Contains("no method number 999", ReadError(payload).Detail, StringComparison.Ordinal);
        await peer.SendAsync(Frame(FrameType.Request, FrameFlags.OneWay, 999));
        await peer.SendAsync(Frame(FrameType.Describe, method: 999, callId: Id(0)));
        (header, payload) = await peer.ReadFrameAsync();
        Assert.Equal(RpcStatusCode.NotFound, ReadError(payload).Code);
        await peer.SendAsync(Frame(FrameType.Request, method: s_add, callId: Id(0, 2), payload: Arguments(1, 2)));
        Assert.Equal([3], (await peer.ReadFrameAsync()).Payload);
    }

    [Fact]
    public async Task C09_AMessageAboveTheLimit_IsRefusedNamingBothSizes_HoweverItIsCut()
    {
        await using LabHost small = await LabHost.StartAsync(configure: options => options.Limits.MaxMessageSize = 2000);
        using RawPeer peer = await RawPeer.IntroduceAsync(small.Address);
        await peer.SendAsync(Frame(FrameType.Request, method: s_add, callId: Id(0), payload: new byte[2001]));
        (FrameHeader header, byte[] payload) = await peer.ReadFrameAsync();
        Assert.Equal((FrameType.Error, RpcStatusCode.ResourceExhausted), (header.Type, ReadError(payload).Code));
        Assert.Contains("2,001 bytes", ReadError(payload).Detail, StringComparison.Ordinal);
        Assert.Contains("2,000", ReadError(payload).Detail, StringComparison.Ordinal);
        await peer.SendAsync(
        [
            .. Frame(FrameType.Request, FrameFlags.More, s_add, Id(0), new byte[1500]),
            .. Frame(FrameType.RequestContinuation, FrameFlags.None, 0, Id(0), new byte[1500]),
        ]);
        (header, payload) = await peer.ReadFrameAsync();
        Assert.Equal((FrameType.Error, RpcStatusCode.ResourceExhausted), (header.Type, ReadError(payload).Code));
        Assert.Contains("3,000 bytes", ReadError(payload).Detail, StringComparison.Ordinal);
        ILab lab = await small.GetAsync();
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => lab.EchoAsync(new byte[2001]).Soon());
        Assert.Equal((RpcStatusCode.ResourceExhausted, RpcCallProgress.NotSent), (error.Code, error.Progress));
        await peer.SendAsync(Frame(FrameType.Request, method: s_add, callId: Id(0, 2), payload: Arguments(1, 2)));
        Assert.Equal([3], (await peer.ReadFrameAsync()).Payload);
    }

    [Fact]
    public async Task ARequestCancelledHalfSent_DoesNotRun_AndItsSlotIsFree()
    {
        int runs = 0;
        _host.Lab.On("wait", _ => new(Interlocked.Increment(ref runs)));
        using RawPeer peer = await RawPeer.IntroduceAsync(_host.Address);
        await peer.SendAsync(
        [
            .. Frame(FrameType.Request, FrameFlags.More, s_run, Id(0), [0x91, 0xA4]),
            .. Frame(FrameType.Cancel, callId: Id(0)),
            .. Frame(FrameType.RequestContinuation, FrameFlags.None, 0, Id(0), "wait"u8.ToArray()),
            .. Frame(FrameType.Request, method: s_add, callId: Id(0, 2), payload: Arguments(1, 2)),
        ]);
        (FrameHeader header, byte[] payload) = await peer.ReadFrameAsync();
        Assert.Equal((FrameType.Error, Id(0)), (header.Type, header.CallId));
        Assert.Equal(RpcStatusCode.Cancelled, ReadError(payload).Code);
        Assert.True(ReadError(payload).Refused);
        Assert.Equal([3], (await peer.ReadFrameAsync()).Payload);
        Assert.Equal(0, runs);
    }

    [Fact]
    public async Task CancellationsOfCallsThatAreNotThere_AreIgnored()
    {
        using RawPeer peer = await RawPeer.IntroduceAsync(_host.Address);
        foreach (ulong id in (ulong[])[0, Id(5), Id(9000), ulong.MaxValue]) await peer.SendAsync(Frame(FrameType.Cancel, callId: id));
        await peer.SendAsync(Frame(FrameType.Request, method: s_add, callId: Id(0), payload: Arguments(1, 2)));
        Assert.Equal([3], (await peer.ReadFrameAsync()).Payload);
    }

    [Fact]
    public async Task RandomBytes_ManyTimes_HarmNobody()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async worker =>
        {
            for (int i = 0; i < 40; i++)
            {
                Random random = new((worker * 1000) + i);
                byte[] noise = Bytes.Random((worker * 1000) + i, random.Next(1, 3000));
                using RawPeer peer = random.Next(2) == 0
                    ? await RawPeer.ConnectAsync(_host.Address)
                    : await RawPeer.IntroduceAsync(_host.Address);
                await peer.SendAsync(noise);
                peer.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
                await peer.ReadToEndAsync();
            }
        }));
        await _host.AssertConnectionsAsync(1);
    }
}
