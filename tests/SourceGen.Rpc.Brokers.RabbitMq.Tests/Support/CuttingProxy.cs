using System.Net;
using System.Net.Sockets;

namespace SourceGen.Rpc.Brokers.RabbitMq.Tests.Support;

/// <summary>Stands between a client and the server, and holds or cuts all connections when a test wants it to, as the death of a process does.</summary>
public sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _target;
    private readonly Lock _gate = new();
    private readonly List<Socket> _sockets = [];
    private readonly Task _accepting;
    private readonly List<TaskCompletionSource> _holds = [];
    private bool _isRefusing;
    private volatile TaskCompletionSource? _held;

    public CuttingProxy(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public string Endpoint => _listener.LocalEndpoint.ToString()!;

    /// <summary>Cuts all connections. New ones are made only if it is said so.</summary>
    public void Cut(bool isForGood)
    {
        lock (_gate)
        {
            _isRefusing = isForGood;
            _held = null;
            foreach (TaskCompletionSource hold in _holds) hold.TrySetResult();
            _holds.Clear();
            // Not by a reset: one that has ended by itself is among them.
            foreach (Socket socket in _sockets) socket.Dispose();

            _sockets.Clear();
        }
    }

    /// <summary>From now on the server gets nothing, until connections are cut: what clients send is lost with them.</summary>
    public void Hold()
    {
        lock (_gate) _holds.Add(_held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
    }

    /// <summary>Connections can be made again.</summary>
    public void Mend()
    {
        lock (_gate) _isRefusing = false;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Cut(isForGood: true);
        await _accepting; // Before the listener stops, which would be an error of whoever accepts.
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> pumps = [];
        try
        {
            while (true)
            {
                Socket client = await _listener.AcceptSocketAsync(_stop.Token);
                Socket server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                lock (_gate)
                {
                    if (_isRefusing)
                    {
                        client.Dispose();
                        server.Dispose();
                        continue;
                    }

                    _sockets.AddRange([client, server]);
                }

                pumps.Add(ServeAsync(client, server));
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            await Task.WhenAll(pumps);
        }
    }

    private async Task ServeAsync(Socket client, Socket server)
    {
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _target);
            await Task.WhenAll(PumpAsync(client, server, () => _held), PumpAsync(server, client, static () => null));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It was cut, or the other side ended it.
        }
    }

    private static async Task PumpAsync(Socket from, Socket to, Func<TaskCompletionSource?> held)
    {
        byte[] buffer = new byte[16 * 1024];
        try
        {
            int count;
            while ((count = await from.ReceiveAsync(buffer)) > 0)
            {
                // By the time that it goes on, the sockets are gone.
                if (held() is { } hold) await hold.Task;
                await to.SendAsync(buffer.AsMemory(0, count));
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            to.Dispose();
        }
    }
}
