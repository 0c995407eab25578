using System.Globalization;
using SourceGen.Rpc.Registries.Conformance;

namespace SourceGen.Rpc.Brokers.RabbitMq.Tests.Support;

/// <summary>
/// A RabbitMQ of its own, with all that it writes and listens at apart from any other on the machine: its node, its port mapper, its cookie, its
/// database. It has the user <c>guest</c>, the user <c>stranger</c> (password <c>secret</c>) who may enter nowhere, and the virtual host
/// <c>shop</c> beside the default one.
/// </summary>
public sealed class RabbitMqServer : IAsyncDisposable
{
    private const string Binaries = "/usr/lib/rabbitmq/bin";

    private readonly TemporaryDirectory _directory = new();
    private readonly TestCertificates _certificates = new();
    private readonly int _mapperPort = FreePorts.Take();
    private readonly int _nodePort = FreePorts.Take();
    private ServerProcess? _mapper;
    private ServerProcess? _server;

    /// <summary>Where it listens.</summary>
    public int Port { get; } = FreePorts.Take();

    /// <summary>Where it listens with TLS, and asks clients for a certificate.</summary>
    public int TlsPort { get; } = FreePorts.Take();

    /// <summary>The certificates that it has, and that clients need.</summary>
    public TestCertificates Certificates => _certificates;

    /// <summary>Starts it.</summary>
    public async Task StartAsync()
    {
        await File.WriteAllTextAsync(_directory["rabbitmq.conf"], $"""
            listeners.tcp.1 = 127.0.0.1:{Port}
            listeners.ssl.1 = 127.0.0.1:{TlsPort}
            ssl_options.cacertfile = {_certificates.Authority}
            ssl_options.certfile = {_certificates.ServerCertificate}
            ssl_options.keyfile = {_certificates.ServerKey}
            ssl_options.verify = verify_peer
            ssl_options.fail_if_no_peer_cert = true
            num_acceptors.tcp = 2
            num_acceptors.ssl = 1
            load_definitions = {_directory["definitions.json"]}
            disk_free_limit.absolute = 10MB
            log.file = false
            log.console = true
            log.console.level = info
            """);
        await File.WriteAllTextAsync(_directory["definitions.json"], """
            {
              "users": [
                {"name": "guest", "password": "guest", "tags": "administrator"},
                {"name": "stranger", "password": "secret", "tags": ""}
              ],
              "vhosts": [{"name": "/"}, {"name": "shop"}],
              "permissions": [
                {"user": "guest", "vhost": "/", "configure": ".*", "write": ".*", "read": ".*"},
                {"user": "guest", "vhost": "shop", "configure": ".*", "write": ".*", "read": ".*"}
              ]
            }
            """);
        await File.WriteAllTextAsync(_directory["enabled_plugins"], "[].");

        // Started here, because one that Erlang starts outlives it.
        _mapper = await ServerProcess.StartAsync(new ServerStart("epmd", "-address", "127.0.0.1", "-port", Text(_mapperPort))
        {
            IsReady = ServerProcess.Listens(_mapperPort),
        });
        _server = await ServerProcess.StartAsync(new ServerStart($"{Binaries}/rabbitmq-server")
        {
            Environment = new Dictionary<string, string?>
            {
                ["HOME"] = _directory.Path,
                ["RABBITMQ_NODENAME"] = $"rpc{Port}@localhost",
                ["RABBITMQ_CONFIG_FILE"] = _directory["rabbitmq.conf"],
                ["RABBITMQ_CONF_ENV_FILE"] = _directory["none"],
                ["RABBITMQ_ENABLED_PLUGINS_FILE"] = _directory["enabled_plugins"],
                ["RABBITMQ_MNESIA_BASE"] = _directory["data"],
                ["RABBITMQ_LOG_BASE"] = _directory["log"],
                ["RABBITMQ_DIST_PORT"] = Text(_nodePort),
                ["ERL_EPMD_PORT"] = Text(_mapperPort),
                ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
                ["ERL_CRASH_DUMP"] = _directory["crash.dump"],
                ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "+S 2:2 +sbwt none -kernel inet_dist_use_interface {127,0,0,1}",
                // So that the script becomes the server, and killing it kills that; and the server reads no commands after all.
                ["RABBITMQ_ALLOW_INPUT"] = "true",
                ["RABBITMQ_SERVER_START_ARGS"] = "-noinput",
            },
            WorkingDirectory = _directory.Path,
            ReadyLine = "Server startup complete",
            IsReady = ServerProcess.Listens(Port),
            ReadyWithin = TimeSpan.FromMinutes(2),
        });
    }

    /// <summary>Kills it, as by <c>kill -9</c>.</summary>
    public Task KillAsync() => _server!.KillAsync();

    /// <summary>Starts it again, with what it had written.</summary>
    public Task RestartAsync() => _server!.RestartAsync();

    /// <summary>Kills it, and removes what it wrote.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        if (_mapper is not null) await _mapper.DisposeAsync();
        _certificates.Dispose();
        _directory.Dispose();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
