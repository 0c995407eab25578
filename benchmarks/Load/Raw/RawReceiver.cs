using System.Net.Sockets;

namespace SourceGen.Rpc.Load;

/// <summary>
/// Receives for as long as the connection lives and tells how many bytes came. Completions that are immediate loop, they do not recurse.
/// </summary>
internal sealed class RawReceiver
{
    private readonly Socket _socket;
    private readonly Action<int> _received;
    private readonly Action<SocketError> _ended;
    private readonly SocketAsyncEventArgs _receive = new(unsafeSuppressExecutionContextFlow: true);

    /// <param name="socket">The connection.</param>
    /// <param name="received">Called with a count above zero, one call at a time.</param>
    /// <param name="ended">Called once, last: <see cref="SocketError.Success"/> stands for the end of the stream.</param>
    public RawReceiver(Socket socket, Action<int> received, Action<SocketError> ended)
    {
        _socket = socket;
        _received = received;
        _ended = ended;
        _receive.SetBuffer(RawBuffers.Create());
        _receive.Completed += (_, _) =>
        {
            if (Received()) Start();
        };
    }

    public void Start()
    {
        try
        {
            do
            {
                if (_socket.ReceiveAsync(_receive)) return;
            }
            while (Received());
        }
        catch (ObjectDisposedException)
        {
            _ended(SocketError.OperationAborted);
        }
    }

    private bool Received()
    {
        if (_receive.SocketError != SocketError.Success || _receive.BytesTransferred == 0)
        {
            _ended(_receive.SocketError);
            return false;
        }

        _received(_receive.BytesTransferred);
        return true;
    }
}
