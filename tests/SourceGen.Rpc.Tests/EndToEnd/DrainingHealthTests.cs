using SourceGen.Rpc.BuiltIn;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;
using static SourceGen.Rpc.Tests.Support.RawFrames;

namespace SourceGen.Rpc.Tests.EndToEnd;

/// <summary>A server that stops refuses new calls, and says that it does not serve to those who ask.</summary>
public sealed class DrainingHealthTests
{
    private static readonly byte[] s_wait = [0x91, 0xA4, .. "wait"u8];

    [Fact]
    public async Task A_stopping_server_says_that_it_does_not_serve_until_its_connections_close()
    {
        await using LabHost host = await LabHost.StartAsync(configure: static options => options.DrainTimeout = Waiting.Limit);
        using Gate gate = new();
        host.Lab.On("wait", async _ =>
        {
            await gate.PassAsync();
            return 1;
        });
        using RawPeer peer = await RawPeer.ConnectAsync(host.Address);
        await peer.SendAsync(Opening(ClientHello()));
        HelloMessage hello = await peer.ReadHelloAsync();
        int check = NumberOf<IHealth>(hello, "Check");
        await peer.SendAsync(Frame(FrameType.Request, method: NumberOf<ILab>(hello, "Run"), callId: Id(0), payload: s_wait));
        await gate.Reached;
        await peer.SendAsync(Frame(FrameType.Request, method: check, callId: Id(1), payload: [0x91, 0xA0]));
        byte[] serving = (await peer.ReadFrameAsync()).Payload;
        Assert.Equal([(byte)ServingStatus.Serving], serving);

        Task stopping = host.Server.StopAsync();
        Assert.Equal(FrameType.GoAway, (await peer.ReadFrameAsync()).Header.Type);
        await peer.SendAsync(Frame(FrameType.Request, method: NumberOf<ILab>(hello, "Add"), callId: Id(1, 2), payload: Arguments(1, 2)));
        ErrorMessage refusal = ReadError((await peer.ReadFrameAsync()).Payload);
        Assert.Equal((RpcStatusCode.Unavailable, true), (refusal.Code, refusal.Refused));
        for (uint i = 3; i < 6; i++)
        {
            await peer.SendAsync(Frame(FrameType.Request, method: check, callId: Id(1, i), payload: [0x91, 0xA0]));
            (FrameHeader header, byte[] status) = await peer.ReadFrameAsync();
            Assert.Equal(FrameType.Response, header.Type);
            Assert.Equal([(byte)ServingStatus.NotServing], status);
        }

        gate.Open();
        Assert.Equal(Id(0), (await peer.ReadFrameAsync()).Header.CallId);
        await stopping.Soon();
        Assert.Empty(await peer.ReadToEndAsync());
    }

    private static int NumberOf<TService>(HelloMessage hello, string method)
        where TService : class, IRpcContract<TService>
    {
        RpcContract contract = TService.Contract;
        return hello.Services.Single(service => service.Name == contract.Name).FirstMethod
            + contract.Methods.Single(candidate => candidate.Name == method).Index;
    }
}
