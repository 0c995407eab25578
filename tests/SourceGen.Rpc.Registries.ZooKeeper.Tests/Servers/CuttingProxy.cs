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

        Interlocked.Increment(ref _accepted);
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, port);
            await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream()), far.GetStream().CopyToAsync(near.GetStream()));
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The other side sees its connection end, as it would without a proxy.
        }

        near.Dispose();
        far.Dispose();
    }
}
