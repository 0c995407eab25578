using System.Buffers.Binary;
using System.Net.Sockets;
using SourceGen.Rpc.Registries.ZooKeeper.Client;

namespace SourceGen.Rpc.Registries.ZooKeeper.Tests;

/// <summary>One connection to a <see cref="FakeServer"/>.</summary>
internal sealed class FakeConnection(NetworkStream stream, CancellationToken stop)
{
    public CancellationToken Stop { get; } = stop;

    /// <summary>The session that the client asked to continue; 0 for a new one.</summary>
    public long AskedSession { get; private set; }

    /// <summary>The session's timeout that the client asked for, in milliseconds.</summary>
    public int AskedTimeout { get; private set; }

    /// <summary>Waits for the handshake and begins a session.</summary>
    public async Task AcceptAsync(long session = 7, int timeout = 10_000)
    {
        await ReadHelloAsync();
        await WriteAsync(Hello(session, timeout));
    }

    public async Task ReadHelloAsync()
    {
        byte[] hello = await ReadAsync();
        AskedTimeout = BinaryPrimitives.ReadInt32BigEndian(hello.AsSpan(12));
        AskedSession = BinaryPrimitives.ReadInt64BigEndian(hello.AsSpan(16));
    }

    public static JuteWriter Hello(long session, int timeout) =>
        new JuteWriter().Int(0).Int(timeout).Long(session).Buffer(new byte[16]).Boolean(false);

    /// <summary>Waits for a request that is no ping.</summary>
    public async Task<(int Xid, OpCode Op, byte[] Body)> ReadRequestAsync()
    {
        while (true)
        {
            byte[] frame = await ReadAsync();
            int xid = BinaryPrimitives.ReadInt32BigEndian(frame);
            if (xid != Xid.Ping) return (xid, (OpCode)BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(4)), frame[8..]);
            await WriteAsync(Header(Xid.Ping, ErrorCode.Ok));
        }
    }

    public static JuteWriter Header(int xid, ErrorCode error) => new JuteWriter().Int(xid).Long(1).Int((int)error);

    public static JuteWriter Stat(JuteWriter writer, long owner = 0) =>
        writer.Long(1).Long(1).Long(1).Long(1).Int(0).Int(0).Int(0).Long(owner).Int(0).Int(0).Long(1);

    /// <summary>Sends a frame.</summary>
    public Task WriteAsync(JuteWriter body) => WriteRawAsync(new JuteWriter().Buffer(body.Written.Span).ToArray());

    public async Task WriteRawAsync(ReadOnlyMemory<byte> bytes) => await stream.WriteAsync(bytes, Stop);

    /// <summary>Answers nothing, until the client or the test ends it.</summary>
    public async Task HangAsync()
    {
        byte[] sink = new byte[1024];
        while (await stream.ReadAsync(sink, Stop) > 0)
        {
            // What the client sends is lost.
        }
    }

    private async Task<byte[]> ReadAsync()
    {
        byte[] length = new byte[4];
        await stream.ReadExactlyAsync(length, Stop);
        byte[] body = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
        await stream.ReadExactlyAsync(body, Stop);
        return body;
    }
}
