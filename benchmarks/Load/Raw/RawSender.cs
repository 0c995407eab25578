using System.Net.Sockets;

namespace SourceGen.Rpc.Load;

/// <summary>
/// Sends as many bytes as it owes, in batches, without waiting: whoever makes the debt rise from zero sends, and whatever is added
/// meanwhile goes into the next batch. Sending never holds up receiving, so frames larger than the socket buffers cannot deadlock.
/// </summary>
internal sealed class RawSender
{
    private readonly Socket _socket;
    private readonly Action<SocketError> _failed;
    private readonly SocketAsyncEventArgs _send = new(unsafeSuppressExecutionContextFlow: true);
    private readonly byte[] _buffer = RawBuffers.Create();
    private long _owed;

    public RawSender(Socket socket, Action<SocketError> failed)
    {
        _socket = socket;
        _failed = failed;
        _send.Completed += (_, _) =>
        {
            if (Sent()) SendWhatIsOwed();
        };
    }

    public void Add(long bytes)
    {
        if (Interlocked.Add(ref _owed, bytes) == bytes) SendWhatIsOwed();
    }

    private void SendWhatIsOwed()
    {
        try
        {
            do
            {
                _send.SetBuffer(_buffer, 0, (int)Math.Min(Volatile.Read(ref _owed), _buffer.Length));
                if (_socket.SendAsync(_send)) return;
            }
            while (Sent());
        }
        catch (ObjectDisposedException)
        {
            _failed(SocketError.OperationAborted);
        }
    }

    private bool Sent()
    {
        if (_send.SocketError == SocketError.Success) return Interlocked.Add(ref _owed, -_send.BytesTransferred) > 0;
        _failed(_send.SocketError);
        return false;
    }
}
