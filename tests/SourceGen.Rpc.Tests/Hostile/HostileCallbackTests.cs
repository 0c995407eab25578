using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;
using static SourceGen.Rpc.Tests.Support.RawFrames;

namespace SourceGen.Rpc.Tests.Hostile;

/// <summary>
/// Clients that a server's handler calls back, and that answer with what belongs to another call, or to the other direction.
/// </summary>
public sealed class HostileCallbackTests
{
    /// <summary>What the client answers the server's call of Add with, and what is logged.</summary>
    public static TheoryData<string, Func<ulong, byte[]>, string> Answers => new()
    {
        { "items", static id => Items(FrameFlags.Callee, id), "sent stream items for Tests.Lab/Add, whose result is none" },
        { "items of its own stream", static id => Items(FrameFlags.None, id), "whose stream was not begun" },
        { "an end of its own stream", static id => Frame(FrameType.StreamEnd, callId: id), "whose stream was not begun" },
        { "an end of the result", static id => Frame(FrameType.StreamEnd, FrameFlags.Callee, callId: id), "without a reply" },
        { "another call's result", static id => Frame(FrameType.Response, callId: id + 1, payload: Integer(3)), "which was not made" },
        {
            "another generation's",
            static id => Frame(FrameType.Response, callId: id + (1UL << 32), payload: Integer(3)),
            "which was not made"
        },
        { "a result that goes on without beginning", static id => Frame(FrameType.ResponseContinuation, callId: id), "did not begin" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task WhatBelongsToAnotherCall_EndsTheConnection_AndTheHandlersCall(string name, Func<ulong, byte[]> answer, string logged)
    {
        await using LabHost host = await LabHost.StartAsync();
        TaskCompletionSource<Exception> failed = new();
        host.Lab.On("back", async _ =>
        {
            try
            {
                return await RpcContext.GetCaller<ILab>().AddAsync(1, 2);
            }
            catch (Exception e)
            {
                failed.SetResult(e);
                throw;
            }
        });
        HelloMessage hello = ClientHello() with { Services = RawServer.LabHello().Services, MaxConcurrentCalls = 10 };
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address, hello);
        byte[] arguments = [0x91, 0xA4, .. "back"u8];
        await peer.SendAsync(Frame(FrameType.Request, method: RawServer.MethodNumber("Run"), callId: Id(0), payload: arguments));
        (FrameHeader call, byte[] _) = await peer.ReadFrameAsync();
        Assert.Equal((FrameType.Request, RawServer.MethodNumber("Add")), (call.Type, call.Method));
        await peer.SendAsync(answer(call.CallId));
        string line = await host.Log.WaitForAsync("broke the wire protocol");
        Assert.True(line.Contains(logged, StringComparison.Ordinal), $"{name}: {line}");
        RpcException error = Assert.IsType<RpcException>(await failed.Task.Soon());
        Assert.Equal((RpcStatusCode.Unavailable, RpcCallProgress.Unknown), (error.Code, error.Progress));
        await host.AssertConnectionsAsync(0);
        await host.AssertServesAsync();
    }

    private static byte[] Items(FrameFlags role, ulong id) => Frame(FrameType.StreamItems, role, callId: id, payload: [1, 5]);
}
