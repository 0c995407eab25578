using System.Collections.Concurrent;

namespace SourceGen.Rpc.InProcess;

/// <summary>The servers that listen in this process, by the addresses that clients call them at.</summary>
internal static class InProcessServers
{
    private static readonly ConcurrentDictionary<RpcAddress, RpcAddress> s_servers = new();

    /// <summary>A server listens.</summary>
    /// <param name="address">Where clients find it.</param>
    /// <param name="here">Where it is found within the process.</param>
    public static void Add(RpcAddress address, RpcAddress here) => s_servers[address] = here;

    /// <summary>A server does not listen any more.</summary>
    public static void Remove(RpcAddress address, RpcAddress here) => s_servers.TryRemove(new KeyValuePair<RpcAddress, RpcAddress>(address, here));

    /// <summary>Finds a server of this process by an address that leads to it.</summary>
    /// <returns>Where it is found within the process; null when it is elsewhere, or may be.</returns>
    public static RpcAddress? Find(RpcAddress address)
    {
        if (s_servers.IsEmpty) return null;
        if (s_servers.TryGetValue(address, out RpcAddress? here)) return here;
        if (address.Scheme != "tcp" || LoopbackPort(address.Rest) is not { } port) return null;

        // Whoever listens at all addresses of the machine listens at that of the loopback.
        return s_servers.TryGetValue(RpcAddress.Create("tcp", $"0.0.0.0{port}"), out here)
            || s_servers.TryGetValue(RpcAddress.Create("tcp", $"[::]{port}"), out here)
            ? here
            : null;
    }

    /// <summary>The port, with its colon, of an address of the loopback.</summary>
    private static string? LoopbackPort(string rest)
    {
        foreach (string host in (ReadOnlySpan<string>)["127.0.0.1", "localhost", "[::1]"])
        {
            if (rest.Length > host.Length && rest[host.Length] == ':' && rest.StartsWith(host, StringComparison.OrdinalIgnoreCase))
                return rest[host.Length..];
        }

        return null;
    }
}
