using System.Net.Sockets;

namespace SourceGen.Rpc.Load;

/// <summary>A non-blocking socket of one thread: it sends what is owed and receives what is there, and never waits.</summary>
internal sealed class PolledConnection(Socket socket)
{
    private readonly byte[] _received = RawBuffers.Create();
    private readonly byte[] _sent = RawBuffers.Create();
    private long _owed;

    /// <summary>Adds to what is to be sent, and sends at once as much as the socket takes.</summary>
    public void Owe(long bytes)
    {
        _owed += bytes;
        Send();
    }

    /// <summary>Sends what is still owed and receives once.</summary>
    /// <param name="bytes">How many bytes came; often none.</param>
    /// <returns>False once the connection is closed.</returns>
    public bool Poll(out int bytes)
    {
        if (_owed > 0) Send();
        bytes = socket.Receive(_received, SocketFlags.None, out SocketError error);
        return error == SocketError.WouldBlock || (error == SocketError.Success && bytes > 0);
    }

    // An error of the send shows in the next receive.
    private void Send() => _owed -= socket.Send(_sent.AsSpan(0, (int)Math.Min(_owed, _sent.Length)), SocketFlags.None, out _);
}
