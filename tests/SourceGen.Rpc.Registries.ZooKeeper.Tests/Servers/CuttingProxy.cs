using System.Net;
using System.Net.Sockets;

namespace SourceGen.Rpc.Registries.ZooKeeper.Tests;

/// <summary>Stands between a client and a server, and cuts connections when a test says so.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Lock _lock = new();
    private readonly List<TcpClient> _open = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private bool _isBlocked;
    private int _accepted;
    private volatile Func<int, int>? _answersOf;

    public CuttingProxy(int port)
    {
        _listener.Start();
        _accepting = AcceptAsync(port);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many connections were passed on.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Cuts all connections.</summary>
    /// <param name="blocks">Whether new ones are cut too, until <see cref="Unblock"/>.</param>
    public void Cut(bool blocks)
    {
        TcpClient[] open;
        lock (_lock)
        {
            _isBlocked = blocks;
            open = [.. _open];
            _open.Clear();
        }

        foreach (TcpClient client in open) client.Dispose();
    }

    /// <summary>
    /// From now on each connection is cut in place of an answer of the server's: the request was carried out, and who sent it does not know.
    /// </summary>
    /// <param name="answersOf">How many answers a connection gets before, by its number, which begins at 1. The first answers the session's request.</param>
    public void CutInPlaceOfAnswers(Func<int, int> answersOf) => _answersOf = answersOf;

    /// <summary>No connection is cut in place of an answer any more.</summary>
    public void PassAnswers() => _answersOf = null;

    public void Unblock()
    {
        lock (_lock) _isBlocked = false;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Cut(blocks: true);
        await _accepting;
    }

    private async Task AcceptAsync(int port)
    {
        while (!_stop.IsCancellationRequested)
        {
            TcpClient near;
            try
            {
                near = await _listener.AcceptTcpClientAsync(_stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }

            _ = ServeAsync(near, port);
        }
    }

    private async Task ServeAsync(TcpClient near, int port)
    {
        TcpClient far = new();
        lock (_lock)
        {
            if (_isBlocked)
            {
                near.Dispose();
                return;
            }

            _open.Add(near);
            _open.Add(far);
        }

        int number = Interlocked.Increment(ref _accepted);
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, port);
            await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream()), PassAnswersAsync(far.GetStream(), near.GetStream(), number));
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The other side sees its connection end, as it would without a proxy.
        }

        near.Dispose();
        far.Dispose();
    }

    private async Task PassAnswersAsync(NetworkStream far, NetworkStream near, int number)
    {
        byte[] buffer = new byte[64 * 1024];
        int count;
        // What comes at once counts as one answer: nothing here sends a request before the last one was answered, but for reads side by side.
        for (int answers = 0; (count = await far.ReadAsync(buffer)) > 0; answers++)
        {
            if (_answersOf is { } answersOf && answers >= answersOf(number)) return;
            await near.WriteAsync(buffer.AsMemory(0, count));
        }
    }
}
