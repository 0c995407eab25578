using System.Diagnostics;
using System.Globalization;
using System.Net;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.Dns.Resolving;
using SourceGen.Rpc.Registries.DnsMessages;

namespace SourceGen.Rpc.Registries.Dns.Tests.Knot;

/// <summary>A real DNS server, knot, with the zone <c>example</c>, on a free port and in a directory of its own.</summary>
internal sealed class KnotServer : IAsyncDisposable
{
    // What one message of a dynamic update can hold.
    private const int LinesPerUpdate = 800;

    private readonly TemporaryDirectory _directory = new();
    private ServerProcess? _process;

    public int Port { get; } = FreePorts.Take();

    /// <summary>Starts a server.</summary>
    /// <param name="keys">Keys that may ask: name, algorithm as knot writes it, secret in base64.</param>
    public static async Task<KnotServer> StartAsync(params IReadOnlyList<(string Name, string Algorithm, string Secret)> keys)
    {
        KnotServer server = new();
        string keyList = string.Concat(keys.Select(static key => $"""
              - id: {key.Name}
                algorithm: {key.Algorithm}
                secret: {key.Secret}

            """));
        string keyAccess = $"""
              - id: ask
                key: [ {string.Join(", ", keys.Select(static key => key.Name))} ]
                action: query

            """;
        await File.WriteAllTextAsync(server._directory["knot.conf"], $"""
            server:
                rundir: "{server._directory.Path}"
                listen: [ "127.0.0.1@{server.Port}" ]
                udp-workers: 1
                tcp-workers: 1
                background-workers: 1
            log:
              - target: stderr
                any: warning
            database:
                storage: "{server._directory.Path}"
                journal-db-max-size: 64M
            key:
            {keyList}
            acl:
            {(keys.Count > 0 ? keyAccess : "")}
              - id: update
                address: 127.0.0.1
                action: update
            template:
              - id: default
                storage: "{server._directory.Path}"
                acl: [ {(keys.Count > 0 ? "ask, " : "")}update ]
                # At once, so that a killed server has lost nothing.
                zonefile-sync: 0
            zone:
              - domain: example
                file: example.zone

            """);
        await File.WriteAllTextAsync(server._directory["example.zone"], """
            $ORIGIN example.
            $TTL 1
            @ 1 SOA ns host 1 3600 600 86400 1
            @ NS ns
            ns A 127.0.0.1

            """);
        try
        {
            server._process = await ServerProcess.StartAsync(
                new ServerStart(File.Exists("/usr/sbin/knotd") ? "/usr/sbin/knotd" : "knotd", "-c", server._directory["knot.conf"])
                {
                    IsReady = server.IsReadyAsync,
                });
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Changes the zone by dynamic update (RFC 2136): lines as <c>add name ttl type data</c> and <c>del name [type [data]]</c>, names below
    /// the zone without a dot at their ends.
    /// </summary>
    public async Task UpdateAsync(params IEnumerable<string> lines)
    {
        foreach (string[] part in lines.Chunk(LinesPerUpdate))
        {
            ProcessStartInfo info = new("knsupdate")
            {
                RedirectStandardInput = true,
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            };
            using Process process = Process.Start(info)!;
            await process.StandardInput.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"""
                server 127.0.0.1 {Port}
                zone example.
                origin example.
                {string.Join('\n', part)}
                send

                """));
            process.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            string errors = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.True(process.ExitCode == 0 && errors.Length == 0, $"knsupdate: {errors}{await output}");
        }
    }

    /// <summary>Ends the server as kill -9 does.</summary>
    public Task KillAsync() => _process!.KillAsync();

    /// <summary>Starts the server again, where it was. Returns when it answers.</summary>
    public Task RestartAsync() => _process!.RestartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        _directory.Dispose();
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        DnsQuery query = new(new DnsQuestion(DomainName.Parse("example"), DnsRecordType.Soa), withEdns: false);
        DnsMessage message = await TcpExchange.AskAsync(new IPEndPoint(IPAddress.Loopback, Port), query, cancellationToken);
        return message.Flags.ResponseCode == DnsResponseCode.NoError;
    }
}
