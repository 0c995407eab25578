using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using SourceGen.Rpc.Registries.ZooKeeper.Client;

namespace SourceGen.Rpc.Registries.ZooKeeper.Tests;

/// <summary>A connection without a client behind it: it does what a test says, and nothing by itself.</summary>
internal sealed class RawClient : IAsyncDisposable
{
    private readonly TcpClient _client = new();
    private int _xid;

    private RawClient()
    {
    }

    public ConnectResponse Session { get; private set; } = new(TimeSpan.Zero, 0, []);

    /// <summary>Begins a session, or continues one.</summary>
    public static async Task<RawClient> ConnectAsync(int port, long session = 0, byte[]? password = null)
    {
        RawClient client = new();
        await client._client.ConnectAsync(IPAddress.Loopback, port);
        JuteWriter body = new();
        new ConnectRequest(0, TimeSpan.FromSeconds(10), session, password ?? new byte[16]).Write(body);
        await client.WriteAsync(body);
        client.Session = ReadSession(await client.ReadAsync());
        return client;
    }

    public Task CloseSessionAsync() => AskAsync(OpCode.CloseSession, new JuteWriter());

    /// <summary>
    /// Takes a session over and closes it, in one write: whoever has it now, and would take it back, has no time for that in between.
    /// </summary>
    /// <returns>Whether it is certain that it has ended.</returns>
    public static async Task<bool> TryEndSessionAsync(int port, long session, byte[] password)
    {
        await using RawClient client = new();
        await client._client.ConnectAsync(IPAddress.Loopback, port);
        JuteWriter hello = new();
        new ConnectRequest(0, TimeSpan.FromSeconds(10), session, password).Write(hello);
        JuteWriter close = new JuteWriter().Int(1).Int((int)OpCode.CloseSession);
        await client._client.GetStream().WriteAsync(
            new JuteWriter().Buffer(hello.Written.Span).Buffer(close.Written.Span).Written);
        try
        {
            if (ReadSession(await client.ReadAsync()).IsExpired) return true;
            await client.ReadAsync();
            return true;
        }
        catch (Exception e) when (e is EndOfStreamException or IOException)
        {
            return false;
        }
    }

    /// <summary>Creates a persistent node.</summary>
    /// <param name="path">The node.</param>
    /// <param name="data">Its data.</param>
    /// <param name="access">Its access control list, serialized; null for everything to everybody.</param>
    public Task CreateAsync(string path, byte[] data, byte[]? access = null) =>
        AskAsync(OpCode.Create, new JuteWriter().Text(path).Buffer(data).Raw(access ?? NodeAccess.Open).Int(0));

    public Task SetDataAsync(string path, byte[] data) => AskAsync(OpCode.SetData, new JuteWriter().Text(path).Buffer(data).Int(-1));

    public Task DeleteAsync(string path) => AskAsync(OpCode.Delete, new JuteWriter().Text(path).Int(-1));

    public async Task<NodeData> GetAsync(string path) =>
        ReadData(await AskAsync(OpCode.GetData, new JuteWriter().Text(path).Boolean(false)));

    public async Task<string[]> ListAsync(string path) =>
        ReadNames(await AskAsync(OpCode.GetChildren2, new JuteWriter().Text(path).Boolean(false)));

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static ConnectResponse ReadSession(byte[] frame)
    {
        JuteReader reader = new(frame);
        return ConnectResponse.Read(ref reader);
    }

    private static NodeData ReadData(byte[] body)
    {
        JuteReader reader = new(body);
        return NodeData.Read(ref reader);
    }

    private static string[] ReadNames(byte[] body)
    {
        JuteReader reader = new(body);
        return reader.ReadTexts();
    }

    private async Task<byte[]> AskAsync(OpCode op, JuteWriter body)
    {
        await WriteAsync(new JuteWriter().Int(++_xid).Int((int)op).Raw(body.Written.Span));
        byte[] answer = await ReadAsync();
        ErrorCode error = (ErrorCode)BinaryPrimitives.ReadInt32BigEndian(answer.AsSpan(12));
        return error == ErrorCode.Ok ? answer[16..] : throw new ZooKeeperException(error, op.ToString());
    }

    private async Task WriteAsync(JuteWriter body) =>
        await _client.GetStream().WriteAsync(new JuteWriter().Buffer(body.Written.Span).Written);

    private async Task<byte[]> ReadAsync()
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(20));
        byte[] length = new byte[4];
        await _client.GetStream().ReadExactlyAsync(length, patience.Token);
        byte[] body = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
        await _client.GetStream().ReadExactlyAsync(body, patience.Token);
        return body;
    }
}
