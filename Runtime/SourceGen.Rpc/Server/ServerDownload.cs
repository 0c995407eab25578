using SourceGen.Rpc.Streams;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Server;

/// <summary>The stream that is a handler's result.</summary>
/// <typeparam name="T">The items.</typeparam>
internal sealed class ServerDownload<T> : OutboundStream<T>
{
    /// <summary>Opens the stream, before a frame about it can come. Only the receiver may call it.</summary>
    public ServerDownload(RpcConnection connection, ulong id, ItemFormat<T> format)
        : base(connection, FrameFlags.Callee, format)
    {
        Id = id;
        connection.Streams.Downloads.Add(id, this);
        connection.Streams.Began();
    }

    /// <summary>Sends what the handler gives.</summary>
    /// <exception cref="ItemEncodingException">An item cannot be encoded.</exception>
    public Task SendAsync(IAsyncEnumerable<T> items, CancellationToken cancellationToken) => PumpAsync(items, cancellationToken);

    /// <summary>The handler has finished, and the reply is written.</summary>
    public void Close()
    {
        Connection.Streams.Downloads.TryRemove(Id, out _);
        Connection.Streams.Sending.Close(Account);
        Connection.Streams.Finished();
    }
}
