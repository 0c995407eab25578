using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SourceGen.Rpc.Brokers.Nats.Tests.Support;

/// <summary>Something that listens and does what a test says, which no real server does.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    public const string Greeting = "INFO {\"server_id\":\"fake\",\"version\":\"2.9.10\",\"headers\":true,\"max_payload\":1048576}\r\n";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _accepting;
    private int _connections;

    /// <summary>Starts one.</summary>
    /// <param name="script">What it does with a connection, and its number from 1.</param>
    public FakeServer(Func<NetworkStream, int, CancellationToken, Task> script)
    {
        _listener.Start();
        _accepting = AcceptAsync(script);
    }

    /// <summary>Its address.</summary>
    public string Address => $"nats://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>How many connections there were.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>A broker for it.</summary>
    public NatsBroker Create(Action<NatsBrokerOptions>? configure = null)
    {
        NatsBrokerOptions options = NatsBrokerOptions.Parse(RpcAddress.Parse(Address));
        configure?.Invoke(options);
        return new NatsBroker(options);
    }

    /// <summary>Sends a text.</summary>
    public static ValueTask SendAsync(NetworkStream stream, string text, CancellationToken cancellationToken) =>
        stream.WriteAsync(Encoding.ASCII.GetBytes(text), cancellationToken);

    /// <summary>Greets, and reads until the client asks whether it is welcome; says so.</summary>
    public static async Task WelcomeAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        await SendAsync(stream, Greeting, cancellationToken);
        await ReadUntilAsync(stream, "PING\r\n", cancellationToken);
        await SendAsync(stream, "PONG\r\n", cancellationToken);
    }

    /// <summary>Reads until a text has come.</summary>
    public static async Task<string> ReadUntilAsync(NetworkStream stream, string text, CancellationToken cancellationToken)
    {
        StringBuilder read = new();
        byte[] one = new byte[1];
        while (!read.ToString().EndsWith(text, StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, cancellationToken) == 0) break;
            read.Append((char)one[0]);
        }

        return read.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Stop();
        await _accepting;
        _ending.Dispose();
    }

    private async Task AcceptAsync(Func<NetworkStream, int, CancellationToken, Task> script)
    {
        List<Task> connections = [];
        try
        {
            while (true)
            {
                Socket socket = await _listener.AcceptSocketAsync(_ending.Token);
                connections.Add(ServeAsync(socket, script, Interlocked.Increment(ref _connections)));
            }
        }
        // The last is that of a listener that was stopped before it was asked for the next one.
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
        }

        await Task.WhenAll(connections);
    }

    private async Task ServeAsync(Socket socket, Func<NetworkStream, int, CancellationToken, Task> script, int number)
    {
        await using NetworkStream stream = new(socket, ownsSocket: true);
        try
        {
            await script(stream, number, _ending.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
        }
    }
}
