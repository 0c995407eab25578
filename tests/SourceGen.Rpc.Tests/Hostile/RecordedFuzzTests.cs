using SourceGen.Rpc.Tests.Streams;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Wire;
using static SourceGen.Rpc.Tests.Support.Mutation;
using static SourceGen.Rpc.Tests.Support.RawFrames;

namespace SourceGen.Rpc.Tests.Hostile;

/// <summary>
/// A conversation that a client and a server really had, with streams both ways, headers, trailers, deadlines, cancellations and errors,
/// mutated with a fixed seed and played to each of them: no call hangs, and nobody else notices.
/// </summary>
public sealed class RecordedFuzzTests
{
    private const int Conversations = 200;
    private const string Address = "tcp://127.0.0.1:0";

    /// <summary>How many calls <see cref="TalkAsync"/> makes, each of which sends one request.</summary>
    private const int Calls = 8;

    [Theory]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    public async Task WhatAClientSaid_Mutated_HarmsNoOtherConnection(int seed)
    {
        await using FeedHost host = await StartAsync();
        byte[] said = AfterHello((await RecordAsync(host)).FromClient);
        List<byte[]> frames = [.. Split(said).Select(static frame => Whole(frame, frame.Header.CallId))];
        Assert.True(frames.Count >= 2 * Calls, "the recording is no conversation");
        Random random = new(seed);
        for (int i = 0; i < Conversations; i++)
        {
            using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
            await peer.SendAsync(random.Next(3) == 0 ? Mutate(random, said) : MutateFrames(random, frames));
            peer.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            Split(await peer.ReadToEndAsync()); // Whatever it was answered is whole frames.
            if (i % 25 == 0) Assert.Equal(i + 1, await host.Calls.AddAsync(i, 1).Soon());
        }

        Assert.Equal(Enumerable.Range(0, 2000), await host.Calls.CountAsync(2000).ToListAsync().Soon());
        await Until.TrueAsync(() => host.Connections.Count == 1, () => $"{host.Connections.Count} connections");
        await host.AssertNothingLeftAsync();
    }

    [Theory]
    [InlineData(41)]
    [InlineData(42)]
    public async Task WhatAServerSaid_Mutated_EndsEveryCallOneWayOrTheOther(int seed)
    {
        await using FeedHost host = await StartAsync();
        (byte[] fromClient, byte[] fromServer) = await RecordAsync(host);
        Dictionary<ulong, ushort> methods = Split(AfterHello(fromClient))
            .Where(static frame => frame.Header.Type == FrameType.Request)
            .ToDictionary(static frame => frame.Header.CallId, static frame => frame.Header.Method);
        Assert.Equal(Calls, methods.Count);
        List<(FrameHeader Header, byte[] Payload)> said = Split(AfterHello(fromServer));
        Random random = new(seed);
        for (int i = 0; i < Conversations; i++)
        {
            using RawServer server = new();
            RpcClientOptions options = LabHost.Patient(static options => options.MaxReconnectDelay = Waiting.Limit);
            RpcClient client = RpcClient.Create(server.Address, options);
            Task<Exception?>[] calls = TalkAsync(client.Get<IFeed>());
            using RawPeer peer = await server.AcceptAndIntroduceAsync(RawStreams.FeedHello());
            Dictionary<ushort, Queue<ulong>> ids = await ReadRequestsAsync(peer);
            Dictionary<ulong, ulong> idOf = methods.ToDictionary(static call => call.Key, call => ids[call.Value].Dequeue());
            List<byte[]> replies =
                [.. said.Select(frame => Whole(frame, idOf.GetValueOrDefault(frame.Header.CallId, frame.Header.CallId)))];
            await peer.SendAsync(random.Next(3) == 0
                ? Mutate(random, [.. replies.SelectMany(static frame => frame)])
                : MutateFrames(random, replies));
            peer.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            foreach (Task<Exception?> call in calls)
            {
                // A mutated result may be a wrong value: what counts is that the call ends, with one or with an error for callers.
                Exception? error = await call.Soon();
                bool isMeant = error is null or RpcException or OperationCanceledException or InvalidOperationException;
                Assert.True(isMeant, $"{seed}, {i}: {error}");
            }

            await client.DisposeAsync().Soon();
        }
    }

    private static async Task<FeedHost> StartAsync()
    {
        FeedHost host = await FeedHost.StartAsync(Address, server: static options => options.Limits.MaxMessageSize = 256 * 1024);
        host.Feed.OnDown("headers", static ct =>
        {
            RpcContext context = RpcContext.Current!;
            context.ResponseHeaders["seen"] = context.RequestHeaders["asked"] ?? "";
            context.Trailers["cost"] = context.Baggage["tenant"] ?? "";
            return Items.CountTo(300);
        });
        host.Feed.OnDown("fail", static _ => Items.CountThen(
            20, static _ => throw new RpcException(RpcStatusCode.NotFound, "nothing more")));
        host.Feed.OnDown("wait", static ct => Items.OneThenWait(Items.Signal(), ct));
        host.Feed.OnUp("some", static async (numbers, ct) =>
        {
            int count = 0;
            await foreach (int _ in numbers.WithCancellation(ct))
            {
                if (++count == 50) break;
            }

            return count;
        });
        return host;
    }

    /// <summary>Has the conversation once.</summary>
    private static async Task<(byte[] FromClient, byte[] FromServer)> RecordAsync(FeedHost host)
    {
        using Tap tap = new(host.Address);
        RpcClient client = await RpcClient.ConnectAsync(tap.Address, LabHost.Patient()).Soon();
        Exception?[] ends = await Task.WhenAll(TalkAsync(client.Get<IFeed>())).Soon();
        Assert.Equal(6, ends.Count(static end => end is null));
        await client.DisposeAsync().Soon();
        await tap.Ended;
        return (tap.FromClient.ToArray(), tap.FromServer.ToArray());
    }

    /// <summary>Makes every kind of call.</summary>
    private static Task<Exception?>[] TalkAsync(IFeed feed) =>
    [
        EndOf(() => feed.AddAsync(2, 3).AsTask()),
        EndOf(() => feed.DownAsync("headers").ToListAsync(), new RpcCallOptions
        {
            Timeout = Waiting.Limit, Headers = { ["asked"] = "yes" }, Baggage = { ["tenant"] = "acme" },
        }),
        EndOf(() => feed.DownAsync("fail").ToListAsync()),
        EndOf(() => feed.BlobsAsync(5, 40_000).ToListAsync()),
        EndOf(() => feed.SumAsync(2, Items.CountTo(500)).AsTask()),
        EndOf(() => feed.UpAsync("some", Items.CountTo(500)).AsTask()),
        EndOf(() => feed.TimesAsync(3, Items.CountTo(200)).ToListAsync()),
        EndOf(async () =>
        {
            using CancellationTokenSource source = new();
            await foreach (int _ in feed.DownAsync("wait", source.Token)) await source.CancelAsync();
        }),
    ];

    private static async Task<Exception?> EndOf(Func<Task> call, RpcCallOptions? options = null)
    {
        using RpcCallScope? scope = options is null ? null : RpcCallScope.Begin(options);
        try
        {
            await call();
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private static async Task<Dictionary<ushort, Queue<ulong>>> ReadRequestsAsync(RawPeer peer)
    {
        Dictionary<ushort, Queue<ulong>> ids = [];
        for (int count = 0; count < Calls;)
        {
            FrameHeader header = (await peer.ReadFrameAsync()).Header;
            if (header.Type != FrameType.Request) continue;
            if (!ids.TryGetValue(header.Method, out Queue<ulong>? ofMethod)) ids[header.Method] = ofMethod = new Queue<ulong>();
            ofMethod.Enqueue(header.CallId);
            count++;
        }

        return ids;
    }

    private static byte[] Whole((FrameHeader Header, byte[] Payload) frame, ulong id) =>
        Frame(frame.Header.Type, frame.Header.Flags, frame.Header.Method, id, frame.Payload);

    private static byte[] AfterHello(byte[] conversation)
    {
        int hello = (int)FrameHeader.Read(conversation.AsSpan(Preamble.Size, FrameHeader.Size)).Length;
        return conversation[(Preamble.Size + FrameHeader.Size + hello)..];
    }
}
