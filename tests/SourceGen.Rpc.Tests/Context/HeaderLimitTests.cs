using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Tests.Context;

/// <summary>Headers that are too many, too long, or none: on either side, in either direction.</summary>
public sealed class HeaderLimitTests
{
    private static readonly ushort s_add = RawServer.MethodNumber("Add");

    [Fact]
    public async Task HeadersBeyondWhatTheServerAccepts_AreNotSent()
    {
        await using Relay relay = await Relay.StartAsync(server: options => options.Limits.MaxHeaderSize = 100);
        relay.On("go", static () => Task.FromResult(RpcContext.Current!.RequestHeaders["big"]?.Length.ToString() ?? "none"));
        Assert.Equal("none", await relay.Proxy.RelayAsync("go").Soon());
        foreach (bool oneWay in (bool[])[false, true])
        {
            using RpcCallScope scope = RpcCallScope.Begin(new RpcCallOptions { Headers = { ["big"] = new string('x', 200) } });
            RpcException error = await Assert.ThrowsAsync<RpcException>(
                () => oneWay ? relay.Proxy.TellAsync("go").Soon() : relay.Proxy.RelayAsync("go").Soon());
            Assert.Equal((RpcStatusCode.ResourceExhausted, RpcCallProgress.NotSent), (error.Code, error.Progress));
            string method = oneWay ? "Tell" : "Relay";
            Assert.Contains(
                $"The headers and the baggage of Tests.Relay/{method} have 208 bytes", error.Message, StringComparison.Ordinal);
            Assert.Contains("accepts at most 100", error.Message, StringComparison.Ordinal);
            Assert.Contains("MaxHeaderSize", error.Message, StringComparison.Ordinal);
        }

        // 1 for the array, 1 for the kind, 4 for the name, 2 for the value's length: what is exactly the limit is accepted.
        using RpcCallScope exact = RpcCallScope.Begin(new RpcCallOptions { Headers = { ["big"] = new string('x', 92) } });
        Assert.Equal("92", await relay.Proxy.RelayAsync("go").Soon());
        Assert.Equal(0, LabHost.ConnectionOf(relay.Client).Calls.InFlight);
    }

    [Fact]
    public async Task HeadersThatComeAllTheSame_AreRefusedWithoutRunningTheMethod()
    {
        await using LabHost host = await LabHost.StartAsync();
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        await peer.SendAsync(Request(0, RawFrames.Headers((0, "big", new string('x', 16 * 1024)))));
        ErrorMessage error = await ReadErrorAsync(peer);
        Assert.Equal((RpcStatusCode.ResourceExhausted, true), (error.Code, error.Refused));
        Assert.Equal("The headers of Tests.Lab/Add have 16,393 bytes; the receiver accepts at most 16,384 (MaxHeaderSize).", error.Detail);
        await AssertAddsAsync(peer);
    }

    [Theory]
    [InlineData("93", "array of 3 elements cut short")]
    [InlineData("92 00 A1 61", "an array of 2 elements")]
    [InlineData("93 00 A3 61 20 62 A1 31", "'a b'")]
    [InlineData("93 00 A1 61 A1 0A", "'a'")]
    [InlineData("A1 61", "array")]
    public async Task HeadersThatCannotBeRead_FailTheirCallOnly(string hex, string why)
    {
        await using LabHost host = await LabHost.StartAsync();
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        await peer.SendAsync(Request(0, Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))));
        ErrorMessage error = await ReadErrorAsync(peer);
        Assert.Equal((RpcStatusCode.InvalidArgument, true), (error.Code, error.Refused));
        Assert.StartsWith("The headers of Tests.Lab/Add cannot be read: ", error.Detail, StringComparison.Ordinal);
        if (!why.EndsWith("cut short", StringComparison.Ordinal)) Assert.Contains(why, error.Detail, StringComparison.Ordinal);
        await AssertAddsAsync(peer);
        await host.Log.WaitForAsync("The headers of Tests.Lab/Add cannot be read");
    }

    [Theory]
    [InlineData((int)FrameFlags.Deadline, "01 00 00")]
    [InlineData((int)FrameFlags.Headers, "01 00")]
    [InlineData((int)FrameFlags.Headers, "FF FF FF FF 90")]
    [InlineData((int)(FrameFlags.Headers | FrameFlags.Deadline), "01 00 00 00 04 00 00 00 90")]
    public async Task AHeadLongerThanItsRequest_EndsTheConnection(int flags, string hex)
    {
        await using LabHost host = await LabHost.StartAsync();
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        byte[] payload = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        await peer.SendAsync(RawFrames.Frame(FrameType.Request, (FrameFlags)flags, s_add, RawFrames.Id(0), payload));
        await peer.ReadToEndAsync();
        await host.Log.WaitForAsync("sent a request whose headers are longer than its payload");
        await host.AssertServesAsync();
    }

    [Fact]
    public async Task ReplyHeadersBeyondWhatTheCallerAccepts_BecomeAnError()
    {
        await using Relay relay = await Relay.StartAsync(client: options => options.Limits.MaxHeaderSize = 100);
        relay.On("go", static () =>
        {
            RpcContext.Current!.Trailers["big"] = new string('x', 200);
            return Task.FromResult("done");
        });
        using RpcCallScope scope = RpcCallScope.Begin(new RpcCallOptions());
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => relay.Proxy.RelayAsync("go").Soon());
        Assert.Equal((RpcStatusCode.ResourceExhausted, RpcCallProgress.Answered), (error.Code, error.Progress));
        Assert.Equal(
            "The response headers and trailers of Tests.Relay/Relay have 208 bytes; the caller accepts at most 100 (MaxHeaderSize).",
            error.Detail);
        await relay.Log.WaitForAsync("does not reach");
    }

    [Fact]
    public async Task ACallerThatTakesNoHeaders_GetsTheResultWithoutThem()
    {
        await using Relay relay = await Relay.StartAsync(client: options => options.Limits.MaxHeaderSize = 0);
        relay.On("go", static () =>
        {
            RpcContext.Current!.Trailers["big"] = "x";
            return Task.FromResult("done");
        });
        using RpcCallScope scope = RpcCallScope.Begin(new RpcCallOptions());
        Assert.Equal("done", await relay.Proxy.RelayAsync("go").Soon());
        Assert.Empty(scope.Trailers);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ReplyHeadersBeyondTheLimit_FailTheCallOfAScope(bool withError)
    {
        byte[] block = RawFrames.Headers((3, "big", new string('x', 200)));
        RpcException? error = await AnswerAsync(withError ? FrameType.Error : FrameType.Response, block, inScope: true);
        Assert.Equal(RpcStatusCode.ResourceExhausted, error!.Code);
        Assert.Contains("The headers of the reply of Tests.Lab/Add have 208 bytes", error.Message, StringComparison.Ordinal);
        Assert.Null(await AnswerAsync(FrameType.Response, block, inScope: false)); // Nobody reads them.
    }

    [Fact]
    public async Task ReplyHeadersThatCannotBeRead_FailTheCallOfAScope()
    {
        RpcException? error = await AnswerAsync(FrameType.Response, [0x93, 0], inScope: true);
        Assert.Equal(RpcStatusCode.Internal, error!.Code);
        Assert.Contains("Tests.Lab/Add with cannot be read", error.Message, StringComparison.Ordinal);
        Assert.Null(await AnswerAsync(FrameType.Response, [0x93, 0], inScope: false));
    }

    [Fact]
    public async Task ReplyHeadersLongerThanTheReply_EndTheConnectionAndFailTheCall()
    {
        using RawServer server = new();
        Task<RawPeer> accepted = server.AcceptAndIntroduceAsync();
        await using RpcClient client = await RpcClient.ConnectAsync(server.Address, LabHost.Patient()).Soon();
        using RawPeer peer = await accepted.Soon();
        Task<int> call = client.Get<ILab>().AddAsync(2, 3).AsTask();
        ulong id = (await peer.ReadFrameAsync()).Header.CallId;
        await peer.SendAsync(RawFrames.Frame(FrameType.Response, FrameFlags.Headers, callId: id, payload: [9, 0, 0, 0, 5]));
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => call.Soon());
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Contains("sent a reply whose headers are longer than its payload", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ALimitOutOfRange_IsRefused()
    {
        RpcClientOptions options = new();
        options.Limits.MaxHeaderSize = 2_000_000;
        string message = Assert.Throws<ArgumentException>(() => RpcClient.Create("memory://x", options)).Message;
        Assert.Equal("RpcLimits.MaxHeaderSize is 2,000,000; it must be from 0 to 1,048,576.", message);
    }

    [Fact]
    public async Task HeadersLargerThanAFragment_TravelInSeveral()
    {
        await using Relay relay = await Relay.StartAsync(
            server: static options => Widen(options), client: static options => Widen(options));
        relay.On("go", static () =>
        {
            RpcContext.Current!.Trailers["back"] = RpcContext.Current!.RequestHeaders["there"]!;
            return Task.FromResult("done");
        });
        string value = new('x', 100_000);
        using RpcCallScope scope = RpcCallScope.Begin(new RpcCallOptions { Headers = { ["there"] = value } });
        Assert.Equal("done", await relay.Proxy.RelayAsync("go").Soon());
        Assert.Equal(value, scope.Trailers["back"]);

        static void Widen(RpcConnectionOptions options)
        {
            options.Limits.MaxHeaderSize = 200_000;
            options.Limits.FragmentSize = 16 * 1024;
        }
    }

    /// <summary>Answers an addition with headers, over a client that accepts 100 bytes of them.</summary>
    /// <returns>What the call failed with; null when it had the right result.</returns>
    private static async Task<RpcException?> AnswerAsync(FrameType type, byte[] block, bool inScope)
    {
        using RawServer server = new();
        Task<RawPeer> accepted = server.AcceptAndIntroduceAsync();
        await using RpcClient client = await RpcClient.ConnectAsync(
            server.Address, LabHost.Patient(options => options.Limits.MaxHeaderSize = 100)).Soon();
        using RawPeer peer = await accepted.Soon();
        using RpcCallScope? scope = inScope ? RpcCallScope.Begin(new RpcCallOptions()) : null;
        Task<int> call = client.Get<ILab>().AddAsync(2, 3).AsTask();
        ulong id = (await peer.ReadFrameAsync()).Header.CallId;
        byte[] rest = type == FrameType.Response
            ? RawFrames.Integer(5)
            : RawFrames.Encode(new ErrorMessage(RpcStatusCode.Aborted, "no").Write);
        await peer.SendAsync(RawFrames.Frame(type, FrameFlags.Headers, callId: id, payload: RawFrames.Message(null, block, rest)));
        try
        {
            Assert.Equal(5, await call.Soon());
            return null;
        }
        catch (RpcException e)
        {
            return e;
        }
    }

    private static byte[] Request(int slot, byte[] headers) => RawFrames.Frame(
        FrameType.Request, FrameFlags.Headers, s_add, RawFrames.Id(slot), RawFrames.Message(null, headers, RawFrames.Arguments(2, 3)));

    private static async Task<ErrorMessage> ReadErrorAsync(RawPeer peer)
    {
        (FrameHeader header, byte[] payload) = await peer.ReadFrameAsync();
        Assert.Equal((FrameType.Error, RawFrames.Id(0)), (header.Type, header.CallId));
        return RawFrames.ReadError(payload);
    }

    private static async Task AssertAddsAsync(RawPeer peer)
    {
        await peer.SendAsync(Request(1, RawFrames.Headers()));
        (FrameHeader header, byte[] payload) = await peer.ReadFrameAsync();
        Assert.Equal((FrameType.Response, RawFrames.Id(1)), (header.Type, header.CallId));
        Assert.Equal(RawFrames.Integer(5), payload);
    }
}
