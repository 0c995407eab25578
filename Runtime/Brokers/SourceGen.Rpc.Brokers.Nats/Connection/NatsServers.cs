using System.Net;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Brokers.Nats.Protocol;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Brokers.Nats.Connection;

/// <summary>The servers that can be connected to: those of the options, and those that the cluster announces (<c>connect_urls</c>). Thread safe.</summary>
/// <param name="options">Which servers, and whether announced ones are used.</param>
/// <param name="address">The broker's address for messages.</param>
/// <param name="logger">Where it logs.</param>
internal sealed class NatsServers(NatsBrokerOptions options, string address, ILogger logger)
{
    /// <summary>How many announced servers are kept: whatever a server sends, trying them ends.</summary>
    public const int MostAnnounced = 32;

    private readonly Lock _gate = new();
    private NatsEndpoint[] _announced = [];

    /// <summary>Those of the options, in their order.</summary>
    public IReadOnlyList<NatsEndpoint> Configured { get; } = [.. options.GetServers().Select(NatsEndpoint.Create)];

    /// <summary>Those that were announced and that the options do not name, in any order: not all programs of a lost server go to the same one.</summary>
    public IReadOnlyList<NatsEndpoint> GetAnnounced()
    {
        NatsEndpoint[] announced;
        lock (_gate) announced = [.. _announced];
        Random.Shared.Shuffle(announced);
        return announced;
    }

    /// <summary>Forgets what was announced.</summary>
    public void Forget()
    {
        lock (_gate) _announced = [];
    }

    /// <summary>Takes over what a server says of its cluster; what it said before is replaced.</summary>
    /// <param name="info">What it says. Without servers, as of one that may not say it, nothing changes.</param>
    /// <param name="by">The server.</param>
    /// <param name="isEncrypted">Whether it said it by TLS. Then those that it announces need it too: credentials never go in the clear afterwards.</param>
    public void Learn(NatsServerInfo info, NatsEndpoint by, bool isEncrypted)
    {
        if (!options.UseAnnouncedServers || info.ConnectUrls is not { Length: > 0 } texts) return;
        List<NatsEndpoint> found = [];
        foreach (string? text in texts)
        {
            if (found.Count == MostAnnounced) break;
            if (text is null || !TryParse(text, out RegistryEndpoint endpoint)) continue;
            if (Configured.Any(server => server.Address == endpoint) || found.Any(server => server.Address == endpoint)) continue;
            // Clusters announce addresses, and certificates have names. The name of the one that was connected to then stands for its cluster.
            bool isOfName = IPAddress.TryParse(endpoint.Host, out _) && !IPAddress.TryParse(by.TlsName, out _);
            found.Add(new NatsEndpoint(endpoint, isOfName ? by.TlsName : endpoint.Host, isEncrypted));
        }

        lock (_gate)
        {
            if (_announced.SequenceEqual(found)) return;
            _announced = [.. found];
        }

        if (logger.IsEnabled(LogLevel.Debug)) NatsLog.Announced(logger, address, string.Join(", ", found));
    }

    /// <summary>What a server sends is shown in messages and connected to, so it must be a host.</summary>
    private static bool TryParse(string text, out RegistryEndpoint endpoint)
    {
        endpoint = default;
        try
        {
            endpoint = RegistryEndpoint.Parse(text, NatsBrokerOptions.DefaultPort);
        }
        catch (FormatException)
        {
            return false;
        }

        return Uri.CheckHostName(endpoint.Host) != UriHostNameType.Unknown;
    }
}
