using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;

namespace SourceGen.Rpc.Tests.EndToEnd;

/// <summary>Which codec a connection speaks.</summary>
public sealed class CodecTests
{
    private static readonly JsonCodec s_json = new(LabJson.Default);

    [Fact]
    public async Task C14_TheFirstCodecOfTheClientThatTheServerHas_IsTaken()
    {
        await using LabHost host = await LabHost.StartAsync(configure: options => options.Codecs.Add(s_json));
        RpcClient messagePack = await host.ConnectAsync(options => options.Codecs.Add(s_json));
        RpcClient json = await host.ConnectAsync(options => options.Codecs.Insert(0, s_json));
        RpcClient picky = await host.ConnectAsync(options =>
        {
            options.Codecs.Insert(0, new NamedCodec("newer"));
            options.Codecs.Insert(1, s_json);
        });
        Assert.Equal(
            ["msgpack", "json", "json"],
            new[] { messagePack, json, picky }.Select(client => LabHost.ConnectionOf(client).Codec.Name));
        foreach (RpcClient client in (RpcClient[])[messagePack, json, picky])
        {
            ILab lab = client.Get<ILab>();
            Assert.Equal(5, await lab.AddAsync(2, 3).Soon());
            Assert.Equal("hello you hello you", await lab.GreetAsync("you").Soon());
            Assert.Equal([1, 2, 3], await lab.EchoAsync([1, 2, 3]).Soon());
            await lab.PokeAsync().Soon();
        }
    }

    [Fact]
    public async Task C12_WithoutACommonCodec_TheClientGetsATypedErrorThatListsBothSides()
    {
        await using LabHost host = await LabHost.StartAsync();
        RpcClientOptions options = LabHost.Patient();
        options.Codecs.Clear();
        options.Codecs.Add(s_json);
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => RpcClient.ConnectAsync(host.Address, options).Soon());
        Assert.Equal((RpcStatusCode.Unimplemented, RpcCallProgress.NotSent), (error.Code, error.Progress));
        Assert.Contains("json", error.Message, StringComparison.Ordinal);
        Assert.Contains("msgpack", error.Message, StringComparison.Ordinal);
        await host.Log.WaitForAsync("Refused the connection");
        await host.AssertServesAsync();
    }

    [Fact]
    public async Task ArgumentsThatDoNotDecode_FailTheirOwnCall()
    {
        await using LabHost host = await LabHost.StartAsync();
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        ushort add = RawServer.MethodNumber("Add");
        await peer.SendAsync(
        [
            .. RawFrames.Frame(SourceGen.Rpc.Wire.FrameType.Request, method: add, callId: RawFrames.Id(0), payload: [0xC1]),
            .. RawFrames.Frame(SourceGen.Rpc.Wire.FrameType.Request, method: add, callId: RawFrames.Id(1), payload: RawFrames.Arguments(2, 3)),
        ]);
        (SourceGen.Rpc.Wire.FrameHeader header, byte[] payload) = await peer.ReadFrameAsync();
        Assert.Equal((SourceGen.Rpc.Wire.FrameType.Error, RawFrames.Id(0)), (header.Type, header.CallId));
        Assert.Equal(RpcStatusCode.InvalidArgument, RawFrames.ReadError(payload).Code);
        Assert.True(RawFrames.ReadError(payload).Refused);
        Assert.Contains("Tests.Lab/Add", RawFrames.ReadError(payload).Detail, StringComparison.Ordinal);
        (header, payload) = await peer.ReadFrameAsync();
        Assert.Equal((SourceGen.Rpc.Wire.FrameType.Response, RawFrames.Id(1)), (header.Type, header.CallId));
        Assert.Equal([5], payload);
        await host.Log.WaitForAsync("Refused a call of Tests.Lab/Add");
    }

    private sealed class NamedCodec(string name) : ICodec
    {
        public string Name => name;

        public ISerializer<T> GetSerializer<T>(TypeShape<T> shape) => throw new NotSupportedException("It only has a name.");
    }
}
