using System.Net;

namespace SourceGen.Rpc.Load;

/// <summary>
/// The asynchronous baseline: <see cref="System.Net.Sockets.SocketAsyncEventArgs"/> on both sides, with a fixed number of frames in
/// flight. With one it is a ping-pong; with more, each receive is followed by one send of as many requests as it brought replies.
/// </summary>
internal sealed class RawAsyncClient(IPEndPoint server, FrameSizes frames, int inFlight) : IContender
{
    /// <summary>What its figures are listed under.</summary>
    public const string Title = "raw async";

    private RawAsyncConnection? _connection;

    public string Name => Title;

    public void Open()
    {
        _connection ??= new RawAsyncConnection(RawHello.Connect(server, frames), frames, inFlight);
        _connection.Reset();
    }

    public LoadSample Run(TimeSpan duration) => _connection!.Run(duration);

    public void Close()
    {
    }

    public void Dispose() => _connection?.Dispose();
}
