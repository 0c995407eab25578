using System.Net;
using System.Net.Sockets;

namespace SourceGen.Rpc.Registries.ZooKeeper.Tests;

/// <summary>A server that does what a test says, however wrong.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private int _connections;

    /// <summary>Starts it.</summary>
    /// <param name="serve">
    /// What it does with each connection, whose number, from 1 on, it has. The connection is closed when it returns.
    /// </param>
    public FakeServer(Func<FakeConnection, int, Task> serve)
    {
        _listener.Start();
        _accepting = AcceptAsync(serve);
    }

    public string Address => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public int Connections => Volatile.Read(ref _connections);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
    }

    private async Task AcceptAsync(Func<FakeConnection, int, Task> serve)
    {
        List<Task> serving = [];
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                serving.Add(ServeAsync(client, Interlocked.Increment(ref _connections)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(serving);
        }

        async Task ServeAsync(TcpClient client, int number)
        {
            using (client)
            {
                try
                {
                    await serve(new FakeConnection(client.GetStream(), _stop.Token), number);
                }
                catch (Exception e) when (e is OperationCanceledException or IOException)
                {
                    // The client has closed it, or the test is over.
                }
            }
        }
    }
}
