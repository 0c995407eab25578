using SourceGen.Rpc.Streams;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Server;

/// <summary>The stream that is a handler's result.</summary>
/// <typeparam name="T">The items.</typeparam>
internal sealed class ServerDownload<T> : OutboundStream<T>
{
    public ServerDownload(RpcConnection connection, ulong id, ItemFormat<T> format)
        : base(connection, FrameFlags.Callee, format) => Id = id;

    /// <summary>Sends what the handler gives.</summary>
    /// <exception cref="ItemEncodingException">An item cannot be encoded.</exception>
    public async Task SendAsync(IAsyncEnumerable<T> items, CancellationToken cancellationToken)
    {
        ConnectionStreams streams = Connection.Streams;
        streams.Downloads.Add(Id, this);
        streams.Began();
        try
        {
            await PumpAsync(items, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            streams.Downloads.TryRemove(Id, out _);
            streams.Sending.Close(Account);
            streams.Finished();
        }
    }
}
