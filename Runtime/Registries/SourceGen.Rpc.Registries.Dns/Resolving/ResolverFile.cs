using System.Collections.Immutable;
using System.Net;

namespace SourceGen.Rpc.Registries.Dns.Resolving;

/// <summary>Reads which servers a machine asks, from a file as resolv.conf(5) describes it.</summary>
internal static class ResolverFile
{
    /// <summary>How many lines and servers count; what a system's resolver takes is less.</summary>
    private const int MaxLines = 1000;
    private const int MaxServers = 8;

    /// <summary>The servers; the machine itself when the file names none, as the manual says.</summary>
    /// <param name="path">The file.</param>
    /// <param name="port">The port of all of them, which the file cannot say.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ImmutableArray<IPEndPoint> ReadServers(string path, int port)
    {
        ImmutableArray<IPEndPoint>.Builder servers = ImmutableArray.CreateBuilder<IPEndPoint>();
        if (File.Exists(path))
        {
            foreach (string line in File.ReadLines(path).Take(MaxLines))
            {
                string[] words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
                if (words is not ["nameserver", string text, ..]) continue;
                if (IPAddress.TryParse(text, out IPAddress? address) && servers.Count < MaxServers)
                {
                    servers.Add(new IPEndPoint(address, port));
                }
            }
        }

        return servers.Count > 0 ? servers.ToImmutable() : [new IPEndPoint(IPAddress.Loopback, port)];
    }
}
