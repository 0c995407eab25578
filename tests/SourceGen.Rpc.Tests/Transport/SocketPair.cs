using System.Collections;
using System.Net;
using System.Net.Sockets;

namespace SourceGen.Rpc.Tests.Transport;

/// <summary>Two connected sockets.</summary>
internal sealed class SocketPair(Socket near, Socket far) : IDisposable
{
    public Socket Near => near;

    public Socket Far => far;

    public static SocketPair Open()
    {
        using Socket listener = Listen();
        return Open(listener);
    }

    public static Socket Listen()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        return listener;
    }

    public static SocketPair Open(Socket listener)
    {
        var near = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.Connect(listener.LocalEndPoint!);
        return new SocketPair(near, listener.Accept());
    }

    public void Dispose()
    {
        near.Dispose();
        far.Dispose();
    }
}

/// <summary>Many of them.</summary>
internal sealed class SocketPairs : IEnumerable<SocketPair>, IDisposable
{
    private readonly List<SocketPair> _pairs = [];

    public SocketPairs(int count)
    {
        using Socket listener = SocketPair.Listen();
        for (int i = 0; i < count; i++) _pairs.Add(SocketPair.Open(listener));
    }

    public void Dispose() => _pairs.ForEach(pair => pair.Dispose());

    public IEnumerator<SocketPair> GetEnumerator() => _pairs.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
