using System.Collections.Concurrent;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Tests.EndToEnd;

/// <summary>A peer that leaves names the last request that it may have accepted.</summary>
public sealed class GoAwayTests
{
    private static readonly ushort s_add = RawServer.MethodNumber("Add");
    private static readonly ushort s_note = RawServer.MethodNumber("Note");

    [Fact]
    public async Task C58_CallsBehindTheLastAcceptedOne_FailAtOnceAsRefused_AndTheOthersAreAnswered()
    {
        using RawServer server = new();
        await using RpcClient client = RpcClient.Create(server.Address, LabHost.Patient());
        ILab lab = client.Get<ILab>();
        Task<int> first = lab.AddAsync(1, 2).AsTask();
        using RawPeer peer = await server.AcceptAndIntroduceAsync();
        (FrameHeader firstRequest, _) = await peer.ReadFrameAsync();
        await lab.NoteAsync(1).Soon(); // One-way calls count as well.
        await peer.ReadFrameAsync();
        Task<int> second = lab.AddAsync(3, 4).AsTask();
        (FrameHeader secondRequest, _) = await peer.ReadFrameAsync();
        Task<int> third = lab.AddAsync(5, 6).AsTask();
        (FrameHeader thirdRequest, _) = await peer.ReadFrameAsync();

        // Nothing but the go-away is sent, and the connection stays.
        await peer.SendAsync(GoAway(accepted: 3));
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => third.Soon());
        Assert.Equal((RpcStatusCode.Unavailable, RpcCallProgress.Refused), (error.Code, error.Progress));
        Assert.Contains("Tests.Lab/Add was not accepted", error.Message, StringComparison.Ordinal);
        Assert.Contains("bedtime", error.Message, StringComparison.Ordinal);
        (FrameHeader cancel, _) = await peer.ReadFrameAsync();
        Assert.Equal((FrameType.Cancel, thirdRequest.CallId), (cancel.Type, cancel.CallId));

        // The answer that the protocol still owes it is nobody's, and breaks nothing.
        byte[] refusal = RawFrames.Encode(new ErrorMessage(RpcStatusCode.Unavailable, "bedtime", Refused: true).Write);
        await peer.SendAsync(RawFrames.Frame(FrameType.Error, callId: thirdRequest.CallId, payload: refusal));
        Assert.False(first.IsCompleted || second.IsCompleted);
        await peer.SendAsync(RawFrames.Frame(FrameType.Response, callId: secondRequest.CallId, payload: RawFrames.Integer(7)));
        await peer.SendAsync(RawFrames.Frame(FrameType.Response, callId: firstRequest.CallId, payload: RawFrames.Integer(3)));
        Assert.Equal((3, 7), (await first.Soon(), await second.Soon()));
        Assert.Equal(FrameType.GoAway, (await peer.ReadFrameAsync()).Header.Type);
        Assert.Empty(await peer.ReadToEndAsync());
    }

    [Fact]
    public async Task AnOlderPeerThatDoesNotSay_IsWaitedFor()
    {
        using RawServer server = new();
        await using RpcClient client = RpcClient.Create(server.Address, LabHost.Patient());
        ILab lab = client.Get<ILab>();
        Task<int> call = lab.AddAsync(1, 2).AsTask();
        using RawPeer peer = await server.AcceptAndIntroduceAsync();
        (FrameHeader request, _) = await peer.ReadFrameAsync();
        await peer.SendAsync(GoAway(accepted: null));
        using RawPeer next = await server.AcceptAndIntroduceAsync(); // So the go-away was read.
        Assert.False(call.IsCompleted);
        await peer.SendAsync(RawFrames.Frame(FrameType.Response, callId: request.CallId, payload: RawFrames.Integer(3)));
        Assert.Equal(3, await call.Soon());
    }

    [Fact]
    public async Task ALargeRequest_IsNotTakenForUnseen_AndCountsOnceHoweverManyFramesItHas()
    {
        using RawServer server = new();
        await using RpcClient client = RpcClient.Create(server.Address, LabHost.Patient());
        ILab lab = client.Get<ILab>();
        Task<byte[]> large = lab.EchoAsync(new byte[500_000]).AsTask();
        using RawPeer peer = await server.AcceptAndIntroduceAsync();
        FrameHeader frame;
        do (frame, _) = await peer.ReadFrameAsync();
        while ((frame.Flags & FrameFlags.More) != 0);
        Task<int> second = lab.AddAsync(1, 2).AsTask();
        await peer.ReadFrameAsync();
        Task<int> third = lab.AddAsync(3, 4).AsTask();
        await peer.ReadFrameAsync();
        await peer.SendAsync(GoAway(accepted: 2));
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => third.Soon());
        Assert.Equal(RpcCallProgress.Refused, error.Progress);
        Assert.False(large.IsCompleted || second.IsCompleted);
        peer.Dispose();
        error = await Assert.ThrowsAsync<RpcException>(() => second.Soon());
        Assert.Equal(RpcCallProgress.Unknown, error.Progress);
        await Assert.ThrowsAsync<RpcException>(() => large.Soon());
    }

    [Fact]
    public async Task C58_AStoppingServerNamesTheLastRequestItAccepted()
    {
        await using LabHost host = await LabHost.StartAsync(configure: static options => options.DrainTimeout = Waiting.Limit);
        using Gate gate = new();
        host.Lab.On("wait", async _ =>
        {
            await gate.PassAsync();
            return 1;
        });
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        await peer.SendAsync(RawFrames.Frame(FrameType.Request, FrameFlags.OneWay, s_note, payload: RawFrames.Arguments(7)));
        await peer.SendAsync(RawFrames.Frame(FrameType.Request, method: s_add, callId: RawFrames.Id(0), payload: RawFrames.Arguments(2, 3)));
        Assert.Equal(FrameType.Response, (await peer.ReadFrameAsync()).Header.Type);
        Task stopping = host.Server.StopAsync();
        (FrameHeader header, byte[] payload) = await peer.ReadFrameAsync();
        Assert.Equal(FrameType.GoAway, header.Type);
        Assert.Equal(2, ErrorMessage.Read(new System.Buffers.ReadOnlySequence<byte>(payload), isGoAway: true).Accepted);

        // An older peer skips what it does not know.
        ErrorMessage older = RawFrames.ReadError(payload);
        Assert.Equal((RpcStatusCode.Unavailable, null), (older.Code, older.Accepted));
        peer.Dispose();
        await stopping.Soon();
    }

    [Fact]
    public async Task C58_WhatIsRefused_NeverRan_HoweverManyCallsAreOnTheirWay()
    {
        for (int round = 0; round < 5; round++)
        {
            LabHost host = await LabHost.StartAsync(configure: static options => options.DrainTimeout = Waiting.Limit);
            ConcurrentDictionary<int, bool> ran = new();
            ConcurrentBag<int> refused = [];
            int next = 0;
            int answered = 0;
            bool stop = false;
            RpcClient[] clients = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => host.ConnectAsync()));
            Task[] callers = [.. clients.Select(async client =>
            {
                ILab lab = client.Get<ILab>();
                await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
                {
                    while (!Volatile.Read(ref stop))
                    {
                        int number = Interlocked.Increment(ref next);
                        host.Lab.On($"{number}", _ =>
                        {
                            ran[number] = true;
                            return new ValueTask<int>(number);
                        });
                        try
                        {
                            Assert.Equal(number, await lab.RunAsync($"{number}"));
                            Interlocked.Increment(ref answered);
                        }
                        catch (RpcException e)
                        {
                            Assert.True(e.Progress is RpcCallProgress.Refused or RpcCallProgress.NotSent, e.ToString());
                            refused.Add(number);
                            return;
                        }
                    }
                }));
            })];
            await Until.TrueAsync(() => Volatile.Read(ref answered) > 500, () => $"{answered} calls were answered");
            await host.Server.StopAsync().Soon();
            stop = true;
            foreach (RpcClient client in clients) await client.DisposeAsync().Soon(); // Ends what waits for a connection.
            await Task.WhenAll(callers).Soon();
            Assert.DoesNotContain(refused, ran.ContainsKey);
            Assert.Equal(answered, ran.Count);
            await host.DisposeAsync();
        }
    }

    private static byte[] GoAway(long? accepted) => RawFrames.Frame(
        FrameType.GoAway,
        payload: RawFrames.Encode(new ErrorMessage(RpcStatusCode.Unavailable, "bedtime") { Accepted = accepted }.Write));
}
