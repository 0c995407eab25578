using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Transport;
using SourceGen.Rpc.Wire;
using static SourceGen.Rpc.Tests.Support.RawFrames;

namespace SourceGen.Rpc.Tests.Hostile;

/// <summary>Few bytes that claim to be many, and bytes that take their time: neither costs more than what was sent.</summary>
[Collection(nameof(Alone))]
public sealed class BombTests
{
    private static readonly ushort s_add = RawServer.MethodNumber("Add");

    /// <summary>What stands where a hello should, and what the log says of it.</summary>
    public static TheoryData<string, byte[], string> Hellos => new()
    {
        { "a map of four thousand million entries", [0xDF, 0xFF, 0xFF, 0xFF, 0xFF, 0xA1, (byte)'x', 1], "cannot be read" },
        { "a key of four thousand million bytes", [0x81, 0xDB, 0xFF, 0xFF, 0xFF, 0xFF, (byte)'x'], "cannot be read" },
        { "as many codecs", [0x81, 0xA6, .. "codecs"u8, 0xDD, 0xFF, 0xFF, 0xFF, 0xFF], "cannot be read" },
        { "as many services", [0x81, 0xA8, .. "services"u8, 0xDD, 0xFF, 0xFF, 0xFF, 0xFF], "cannot be read" },
        {
            "a service of as many parts",
            [0x81, 0xA8, .. "services"u8, 0x91, 0xDD, 0xFF, 0xFF, 0xFF, 0xFF, 0xA0, 0xA0, 0, 0],
            "cannot be read"
        },
        { "sixty thousand codecs", [0x81, 0xA6, .. "codecs"u8, 0xDC, 0xEA, 0x60, .. Many(60_000, 0xA0)], "a hello offers 60000 codecs" },
        { "sixty thousand levels", [0x81, 0xA1, (byte)'x', .. Many(60_000, 0x91), 1], "cannot be read" },
        { "an agent of nothing but maps", [0x81, 0xA5, .. "agent"u8, .. Many(60_000, 0x81)], "cannot be read" },
    };

    /// <summary>What stands where headers should, and what the caller is told.</summary>
    public static TheoryData<string, byte[], string> HeaderBlocks => new()
    {
        { "an array of four thousand million", [0xDD, 0xFF, 0xFF, 0xFF, 0xFF, 1, 0xA1, (byte)'a', 0xA0], "cannot be read" },
        { "a name of four thousand million bytes", [0x93, 1, 0xDB, 0xFF, 0xFF, 0xFF, 0xFF, (byte)'a'], "cannot be read" },
        { "a value of as many", [0x93, 1, 0xA1, (byte)'a', 0xDB, 0xFF, 0xFF, 0xFF, 0xFF], "cannot be read" },
        { "sixteen thousand levels", Many(16_000, 0x91), "cannot be read" },
        { "more than is allowed", new byte[16 * 1024 + 1], "16,385 bytes; the receiver accepts at most 16,384" },
    };

    [Theory]
    [MemberData(nameof(Hellos))]
    public async Task AHelloBomb_IsTurnedAway_AtNoGreatCost(string name, byte[] hello, string logged)
    {
        await using LabHost host = await LabHost.StartAsync();
        await host.AssertServesAsync();
        long before = GC.GetTotalAllocatedBytes(precise: true);
        using RawPeer peer = await RawPeer.ConnectAsync(host.Address);
        await peer.SendAsync([.. Preamble.Bytes, .. Frame(FrameType.Hello, payload: hello)]);
        Assert.Empty(await peer.ReadToEndAsync());
        string line = await host.Log.WaitForAsync("Refused the connection");
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.Contains(logged, line, StringComparison.OrdinalIgnoreCase);
        Assert.True(allocated < 3_000_000, $"{name} allocated {allocated:N0} bytes");
        await host.AssertServesAsync();
    }

    [Theory]
    [MemberData(nameof(HeaderBlocks))]
    public async Task AHeaderBomb_FailsItsCall_AtNoGreatCost(string name, byte[] block, string detail)
    {
        const int Calls = 20;
        await using LabHost host = await LabHost.StartAsync();
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        byte[] request = Message(null, block, Arguments(1, 2));
        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (uint i = 1; i <= Calls; i++)
        {
            await peer.SendAsync(Frame(FrameType.Request, FrameFlags.Headers, s_add, Id(0, i), request));
            (FrameHeader header, byte[] payload) = await peer.ReadFrameAsync();
            Assert.Equal((FrameType.Error, true), (header.Type, ReadError(payload).Refused));
            Assert.Contains(detail, ReadError(payload).Detail, StringComparison.Ordinal);
        }

        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.True(allocated < Calls * 200_000, $"{name} allocated {allocated / Calls:N0} bytes a call");
        await peer.SendAsync(Frame(FrameType.Request, method: s_add, callId: Id(0, Calls + 1), payload: Arguments(1, 2)));
        Assert.Equal([3], (await peer.ReadFrameAsync()).Payload);
    }

    [Fact]
    public async Task AsManyHeadersAsFit_AreReadAtABoundedPrice()
    {
        const int Count = 4000;
        await using LabHost host = await LabHost.StartAsync();
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        byte[] block = [0xDC, 0x2E, 0xE0, .. Enumerable.Range(0, Count).SelectMany(static _ => (byte[])[0, 0xA1, (byte)'a', 0xA0])];
        byte[] request = Frame(FrameType.Request, FrameFlags.Headers, s_add, Id(0), Message(null, block, Arguments(1, 2)));
        long before = GC.GetTotalAllocatedBytes(precise: true);
        await peer.SendAsync(request);
        Assert.Equal([3], (await peer.ReadFrameAsync()).Payload);
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.True(allocated < 1_000_000, $"{allocated:N0} bytes were allocated for {Count:N0} headers");
    }

    [Fact]
    public async Task AConversationThatDripsByteByByte_IsServed_AndHoldsOneBuffer()
    {
        await using LabHost host = await LabHost.StartAsync();
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        await peer.SendAsync(Frame(FrameType.Request, method: s_add, callId: Id(0), payload: Arguments(1, 2)));
        Assert.Equal([3], (await peer.ReadFrameAsync()).Payload);
        int before = SegmentPool.Shared.Outstanding;
        byte[] arguments = [0x91, 0xC5, 0x10, 0, .. new byte[4096]];
        byte[] echo = Frame(FrameType.Request, method: RawServer.MethodNumber("Echo"), callId: Id(0, 2), payload: arguments);
        for (int i = 0; i < echo.Length; i++)
        {
            await peer.SendAsync([echo[i]]);
            if (i % 512 == 0) Assert.InRange(SegmentPool.Shared.Outstanding - before, 0, 1);
        }

        (FrameHeader header, byte[] payload) = await peer.ReadFrameAsync();
        Assert.Equal((FrameType.Response, 4096 + 3), (header.Type, payload.Length));
    }

    [Fact]
    public async Task AFrameThatNeverComesToItsEnd_IsCutOffByKeepAlive()
    {
        await using LabHost host = await LabHost.StartAsync(configure: static options =>
        {
            options.KeepAliveInterval = TimeSpan.FromMilliseconds(100);
            options.KeepAliveTimeout = TimeSpan.FromMilliseconds(300);
        });
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        RpcConnection connection = await host.ConnectionOfAsync(peer);
        await peer.SendAsync(Frame(FrameType.Request, method: s_add, callId: Id(0), payload: new byte[1024 * 1024])[..FrameHeader.Size]);
        Task closed = connection.Closed.Soon();
        while (!closed.IsCompleted)
        {
            await peer.SendAsync([0]); // Never silent, and never done: a byte now and then.
            await Task.Delay(1);
        }

        await closed;
        Assert.Equal(RpcStatusCode.Unavailable, connection.CloseReason!.Code);
        Assert.Contains("did not answer a keep-alive ping", connection.CloseReason.Message, StringComparison.Ordinal);
        await host.AssertServesAsync();
    }

    private static byte[] Many(int count, byte value)
    {
        byte[] bytes = new byte[count];
        Array.Fill(bytes, value);
        return bytes;
    }
}
