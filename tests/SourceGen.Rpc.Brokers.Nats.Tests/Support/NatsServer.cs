using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Registries.Conformance;

namespace SourceGen.Rpc.Brokers.Nats.Tests.Support;

/// <summary>A real nats-server, with a directory of its own.</summary>
internal sealed class NatsServer : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory;
    private readonly ServerProcess _process;

    private NatsServer(TemporaryDirectory directory, ServerProcess process, int port)
    {
        _directory = directory;
        _process = process;
        Port = port;
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>Whether it runs.</summary>
    public bool Runs => _process.Id != 0;

    /// <summary>The last lines it wrote.</summary>
    public string Output => _process.Output;

    /// <summary>Its address.</summary>
    public string Address => $"nats://127.0.0.1:{Port}";

    /// <summary>Starts one.</summary>
    /// <param name="hasJetStream">Whether it has JetStream.</param>
    /// <param name="configuration">Lines of its configuration file.</param>
    public static async Task<NatsServer> StartAsync(bool hasJetStream = false, string configuration = "")
    {
        TemporaryDirectory directory = new();
        int port = FreePorts.Take();
        string file = directory["nats.conf"];
        await File.WriteAllTextAsync(file, configuration);
        List<string> arguments = ["-a", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture), "-c", file];
        if (hasJetStream) arguments.AddRange(["-js", "-sd", directory["data"]]);
        try
        {
            // Debian keeps it where only root looks.
            string program = File.Exists("/usr/sbin/nats-server") ? "/usr/sbin/nats-server" : "nats-server";
            ServerStart start = new(program, arguments) { ReadyLine = "Server is ready", IsReady = ServerProcess.Listens(port) };
            return new NatsServer(directory, await ServerProcess.StartAsync(start), port);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>An address of it with more before or behind.</summary>
    public string With(string parameters = "", string user = "") => $"nats://{user}127.0.0.1:{Port}{parameters}";

    /// <summary>A broker that is not connected.</summary>
    public NatsBroker Create(string parameters = "", string user = "", ILoggerFactory? log = null) =>
        new(NatsBrokerOptions.Parse(RpcAddress.Parse(With(parameters, user))), log);

    /// <summary>Has it enter lame duck mode: it asks its clients to leave, and stops when they have.</summary>
    public async Task AskToLeaveAsync()
    {
        using Process kill = Process.Start("/bin/kill", ["-USR2", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Kills it as by kill -9.</summary>
    public Task KillAsync() => _process.KillAsync();

    /// <summary>Stops it as an administrator does.</summary>
    public Task StopAsync() => _process.StopAsync();

    /// <summary>Starts it again, with what it had written.</summary>
    public Task RestartAsync() => _process.RestartAsync();

    /// <summary>Kills it and removes what it wrote.</summary>
    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _directory.Dispose();
    }
}
