using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Wire;
using static SourceGen.Rpc.Tests.Support.Mutation;
using static SourceGen.Rpc.Tests.Support.RawFrames;

namespace SourceGen.Rpc.Tests.Hostile;

/// <summary>Valid conversations, mutated with a fixed seed, thrown at both sides of the frame parser.</summary>
public sealed class FuzzTests
{
    private const int Conversations = 250;

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public async Task MutatedRequests_HarmNoOtherConnection(int seed)
    {
        await using LabHost host = await LabHost.StartAsync(configure: options => options.Limits.MaxMessageSize = 64 * 1024);
        host.Lab.On("wait", static _ => new(1));
        ILab witness = await host.GetAsync();
        Random random = new(seed);
        for (int i = 0; i < Conversations; i++)
        {
            using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
            await peer.SendAsync(Mutate(random, RequestConversation(random)));
            peer.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);

            // Whatever it was answered is whole frames.
            Split(await peer.ReadToEndAsync());
            if (i % 25 == 0) Assert.Equal(i + 1, await witness.AddAsync(i, 1).Soon());
        }

        Assert.Equal(5, await witness.AddAsync(2, 3).Soon());
        await host.AssertConnectionsAsync(1);
        await host.AssertServesAsync();
    }

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    public async Task MutatedReplies_EndEveryCallOneWayOrTheOther(int seed)
    {
        Random random = new(seed);
        for (int i = 0; i < Conversations; i++)
        {
            using RawServer server = new();
            await using RpcClient client = RpcClient.Create(
                server.Address, LabHost.Patient(options => options.Limits.MaxMessageSize = 64 * 1024));
            ILab lab = client.Get<ILab>();
            Task<int>[] calls = [.. Enumerable.Range(0, 4).Select(call => lab.AddAsync(call, 1).AsTask())];
            using RawPeer peer = await server.AcceptAndIntroduceAsync();
            ulong[] ids = new ulong[calls.Length];
            for (int call = 0; call < ids.Length; call++) ids[call] = (await peer.ReadFrameAsync()).Header.CallId;
            await peer.SendAsync(Mutate(random, ReplyConversation(random, ids)));
            peer.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            foreach (Task<int> call in calls)
            {
                // A mutated result may be a wrong number: what counts is that the call ends, with a value or a typed error.
                await ((Task)call).ContinueWith(static _ => { }, TaskScheduler.Default).Soon();
                if (!call.IsCompletedSuccessfully) Assert.IsType<RpcException>(call.Exception!.InnerException);
            }
        }
    }

    private static byte[] RequestConversation(Random random)
    {
        List<byte> bytes = [];
        for (int slot = 0; slot < 12; slot++)
        {
            bytes.AddRange(random.Next(8) switch
            {
                0 => Frame(FrameType.Ping, callId: 3),
                1 => Frame(FrameType.Cancel, callId: Id(random.Next(12))),
                2 => Frame(FrameType.Describe, callId: Id(slot)),
                3 => Frame(FrameType.Request, FrameFlags.OneWay, RawServer.MethodNumber("Note"), payload: Arguments(slot)),
                4 =>
                [
                    .. Frame(FrameType.Request, FrameFlags.More, RawServer.MethodNumber("Echo"), Id(slot), [0x91, 0xC5, 0x20, 0x00, .. new byte[5000]]),
                    .. Frame(FrameType.RequestContinuation, FrameFlags.None, 0, Id(slot), new byte[3192]),
                ],
                5 => Frame(FrameType.Request, FrameFlags.Deadline | FrameFlags.Headers, RawServer.MethodNumber("Add"), Id(slot), [1, 0, 0, 0, 2, 0, 0, 0, 9, 9, .. Arguments(1, 2)]),
                6 => Frame(FrameType.Request, method: RawServer.MethodNumber("Run"), callId: Id(slot), payload: [0x91, 0xA4, .. "wait"u8]),
                _ => Frame(FrameType.Request, method: RawServer.MethodNumber("Add"), callId: Id(slot), payload: Arguments(slot, 1)),
            });
        }

        return [.. bytes];
    }

    private static byte[] ReplyConversation(Random random, ulong[] ids)
    {
        List<byte> bytes = [];
        foreach (ulong id in ids)
        {
            bytes.AddRange(random.Next(5) switch
            {
                0 => Frame(FrameType.Error, callId: id, payload: Encode(new SourceGen.Rpc.Wire.Messages.ErrorMessage(RpcStatusCode.NotFound, "no").Write)),
                1 => [.. Frame(FrameType.Response, FrameFlags.More, 0, id, [0xCD, 1]), .. Frame(FrameType.ResponseContinuation, FrameFlags.None, 0, id, [2])],
                2 => [.. Frame(FrameType.Ping), .. Frame(FrameType.Response, callId: id, payload: Integer(1))],
                _ => Frame(FrameType.Response, callId: id, payload: Integer(7)),
            });
        }

        return [.. bytes];
    }
}
