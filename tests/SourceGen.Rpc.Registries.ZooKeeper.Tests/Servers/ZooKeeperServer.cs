using System.Net;
using System.Net.Sockets;
using System.Text;
using SourceGen.Rpc.Registries.Conformance;

namespace SourceGen.Rpc.Registries.ZooKeeper.Tests;

/// <summary>A real server of Debian's package, in a directory of its own, which can be killed and started again.</summary>
internal sealed class ZooKeeperServer : IAsyncDisposable
{
    private const string Script = "/usr/share/zookeeper/bin/zkServer.sh";

    /// <summary>
    /// The package leaves out of its class path what encrypted connections need besides. A later class path takes the place of an earlier
    /// one.
    /// </summary>
    private const string ClassPath =
        "/etc/zookeeper/conf:/usr/share/java/zookeeper.jar:/usr/share/java/netty-codec.jar:/usr/share/java/netty-resolver.jar";

    private const string JavaOptions = $"-cp {ClassPath} -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1";

    private readonly TemporaryDirectory _directory;
    private readonly ServerProcess _process;

    private ZooKeeperServer(TemporaryDirectory directory, ServerProcess process, int port)
    {
        _directory = directory;
        _process = process;
        Port = port;
    }

    public int Port { get; }

    public string Address => $"127.0.0.1:{Port}";

    public int ProcessId => _process.Id;

    /// <summary>Starts a server that stands alone.</summary>
    /// <param name="lines">More lines of its configuration.</param>
    public static Task<ZooKeeperServer> StartAsync(params IReadOnlyList<string> lines) => StartAsync(FreePorts.Take(), myId: null, lines);

    /// <summary>Starts a server.</summary>
    /// <param name="port">Where clients connect.</param>
    /// <param name="myId">Its number in an ensemble, in which it does not serve before others are there; null for none.</param>
    /// <param name="lines">More lines of its configuration.</param>
    public static async Task<ZooKeeperServer> StartAsync(int port, int? myId, IReadOnlyList<string> lines)
    {
        TemporaryDirectory directory = new();
        try
        {
            Directory.CreateDirectory(directory["data"]);
            if (myId is not null) await File.WriteAllTextAsync(directory["data", "myid"], $"{myId}\n");
            string[] configuration =
            [
                "tickTime=200",
                "initLimit=50",
                "syncLimit=25",
                "minSessionTimeout=400",
                "maxSessionTimeout=60000",
                "maxClientCnxns=0",
                "admin.enableServer=false",
                "4lw.commands.whitelist=ruok,srvr",
                // Nothing here has to outlive the machine.
                "forceSync=no",
                $"dataDir={directory["data"]}",
                $"clientPort={port}",
                "clientPortAddress=127.0.0.1",
                .. lines,
            ];
            await File.WriteAllLinesAsync(directory["zoo.cfg"], configuration);
            ServerProcess process = await ServerProcess.StartAsync(new ServerStart(Script, "start-foreground", directory["zoo.cfg"])
            {
                Environment = new Dictionary<string, string?>
                {
                    ["JMXDISABLE"] = "true",
                    ["JVMFLAGS"] = $"{JavaOptions} -Dzookeeper.log.dir={directory.Path}",
                    ["CLASSPATH"] = null,
                },
                WorkingDirectory = directory.Path,
                IsReady = async token => myId is not null
                    ? await ServerProcess.Listens(port)(token)
                    : (await AskAsync(port, "srvr", token)).Contains("Mode:", StringComparison.Ordinal),
            });
            return new ZooKeeperServer(directory, process, port);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Whether it is the leader of its ensemble; null when it does not serve.</summary>
    public async Task<bool?> IsLeaderAsync(CancellationToken cancellationToken)
    {
        if (ProcessId == 0) return null;
        try
        {
            string answer = await AskAsync(Port, "srvr", cancellationToken);
            return answer.Contains("Mode:", StringComparison.Ordinal) ? answer.Contains("Mode: leader", StringComparison.Ordinal) : null;
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }

    public Task KillAsync() => _process.KillAsync();

    public Task RestartAsync() => _process.RestartAsync();

    /// <summary>Kills it and starts it again without anything that it knew.</summary>
    public async Task WipeAsync()
    {
        await _process.KillAsync();
        Directory.Delete(_directory["data", "version-2"], recursive: true);
        await _process.RestartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _directory.Dispose();
    }

    /// <summary>
    /// Asks by one of the server's words of four letters. A server that has just begun to listen may never answer, so it is asked anew.
    /// </summary>
    private static async Task<string> AskAsync(int port, string command, CancellationToken cancellationToken)
    {
        using CancellationTokenSource time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        time.CancelAfter(TimeSpan.FromSeconds(1));
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, port, time.Token);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(command), time.Token);
        using StreamReader reader = new(stream);
        return await reader.ReadToEndAsync(time.Token);
    }
}
