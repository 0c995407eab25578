using System.IO.Pipelines;

namespace SourceGen.Rpc;

/// <summary>
/// One open connection. The engine reads <see cref="IDuplexPipe.Input"/> from one thread at a time and writes
/// <see cref="IDuplexPipe.Output"/> from one thread at a time; completing both, or disposing, closes the connection in order:
/// what was flushed still arrives, and the peer then reads the end of the stream.
/// </summary>
/// <remarks>
/// The engine works best when <c>Input.ReadAsync</c> itself starts the receive (instead of a pump that fills a pipe), when
/// <c>Input.TryRead</c> tries a receive that does not wait, and when the connection also implements
/// <see cref="IGatheringOutput"/> and <see cref="IPollableInput"/>. A connection with none of these still works, with an extra copy.
/// </remarks>
public interface ITransportConnection : IDuplexPipe, IAsyncDisposable
{
    /// <summary>This side's address.</summary>
    RpcAddress LocalAddress { get; }

    /// <summary>The peer's address.</summary>
    RpcAddress RemoteAddress { get; }

    /// <summary>
    /// Closes at once, from any thread: pending reads and writes fail, and what was not sent is lost. Calling it twice is harmless.
    /// </summary>
    /// <param name="reason">Why; it becomes the error of the pending reads and writes. Null when nothing went wrong.</param>
    void Abort(Exception? reason = null);
}
