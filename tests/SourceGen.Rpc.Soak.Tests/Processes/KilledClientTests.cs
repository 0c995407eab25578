using SourceGen.Rpc.Soak.Peer;
using SourceGen.Rpc.Soak.Tests.Counting;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Soak.Tests.Processes;

/// <summary>
/// A client process that is killed, or frozen, in the middle of everything; this process is its server, and has another client.
/// </summary>
public sealed class KilledClientTests
{
    /// <summary>The streams of a busy client that it reads or writes, its calls that wait, and one duplex.</summary>
    private const int HandlersOfABusyClient = 6;

    [Theory]
    [InlineData("tcp://127.0.0.1:0", false)]
    [InlineData("unix:///tmp/{0}.sock", false)]
    [InlineData("tcp://127.0.0.1:0", true)]
    public async Task KillingAClient_EndsItsHandlers_AndNobodyElseNotices(string address, bool frozen)
    {
        if (frozen && !OperatingSystem.IsLinux()) return; // Signals have other numbers elsewhere.
        SoakLog log = new();
        PeerService service = new();
        RpcServerOptions options = new() { LoggerFactory = log };
        options.Listen(address.Replace("{0}", $"soak-{Guid.NewGuid():N}", StringComparison.Ordinal));
        if (frozen)
        {
            options.KeepAliveInterval = TimeSpan.FromMilliseconds(300);
            options.KeepAliveTimeout = TimeSpan.FromMilliseconds(700);
        }

        await using RpcServer server = new RpcServer(options).AddService<IPeer>(service);
        await server.StartAsync();
        string at = server.Addresses[0].ToString();
        await using RpcClient other = await RpcClient.ConnectAsync(at).Soon();
        IPeer others = other.Get<IPeer>();
        Assert.Equal(5, await others.AddAsync(2, 3).Soon());
        RpcConnection witness = Leftovers.ConnectionsOf(server).Single();
        await using IAsyncEnumerator<Reading> stream = others.DownAsync(-1).GetAsyncEnumerator();
        Assert.True(await stream.MoveNextAsync().Soon());

        using PeerProcess client = await PeerProcess.CallAsync(at);
        await Until.TrueAsync(() => service.Running == 1 + HandlersOfABusyClient, () => $"{service.Running} handlers run");
        RpcConnection connection = Leftovers.ConnectionsOf(server).Single(one => one != witness);

        if (frozen) client.Freeze();
        else client.Kill();

        await connection.Closed.Soon();
        await Until.TrueAsync(
            () => service.Running == 1, () => $"{service.Running} handlers have not run their finally-blocks; one should go on");
        await Until.TrueAsync(() => Leftovers.Of(connection).Length == 0, () => Leftovers.Of(connection));
        await Until.TrueAsync(
            () => Leftovers.ConnectionsOf(server).SequenceEqual([witness]), () => $"{Leftovers.ConnectionsOf(server).Count()} connections are left");
        Assert.Equal(RpcStatusCode.Unavailable, connection.CloseReason!.Code);
        Assert.Contains(frozen ? "was silent for" : "The connection is lost: ", connection.CloseReason.Message, StringComparison.Ordinal);

        // That it was silent is worth a line. That it died, perhaps in the middle of a frame, and that its handlers were cancelled, is not.
        Assert.DoesNotContain(log.Lines, static line => !line.Contains("did not answer a keep-alive ping", StringComparison.Ordinal));

        // Others are served: the stream that was open all the time, a new one, and a new client.
        for (int i = 1; i < 50_000; i++)
        {
            Assert.True(await stream.MoveNextAsync().Soon());
            Assert.Equal(Reading.Of(i), stream.Current);
        }

        await using RpcClient fresh = await RpcClient.ConnectAsync(at).Soon();
        Assert.Equal(5, await fresh.Get<IPeer>().AddAsync(2, 3).Soon());
        await stream.DisposeAsync().Soon();
        await Until.TrueAsync(() => service.Running == 0, () => $"{service.Running} handlers run");
    }
}
