using System.Diagnostics.CodeAnalysis;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Consul.Protocol;

namespace SourceGen.Rpc.Registries.Consul.Layouts;

/// <summary>How a node stands in Consul as a service.</summary>
internal abstract class ConsulLayout
{
    /// <summary>Whether the tags of a service tell every change of any of its nodes.</summary>
    public abstract bool TagsTellChanges { get; }

    /// <summary>The name in Consul of a service.</summary>
    public abstract string ConsulNameOf(string service);

    /// <summary>The service of a name in Consul.</summary>
    /// <param name="name">The name, which anybody may have chosen.</param>
    /// <param name="service">The service, or null.</param>
    /// <returns>Whether it is the name of one.</returns>
    public bool TryReadName(string name, [NotNullWhen(true)] out string? service)
    {
        service = ServiceOf(name);
        if (ConsulNameOf(service) == name) return true;
        service = null;
        return false;
    }

    /// <summary>Whether services with these tags are of this layout; others are somebody else's and none of ours.</summary>
    public abstract bool IsOurs(IEnumerable<string> tags);

    /// <summary>What a node is in Consul.</summary>
    /// <param name="single">The record with that node alone.</param>
    /// <exception cref="RpcException"><see cref="RpcStatusCode.InvalidArgument"/>: it does not fit.</exception>
    public abstract ConsulService Write(ServiceRecord single);

    /// <summary>Reads what somebody registered.</summary>
    /// <param name="instance">The service.</param>
    /// <param name="single">The record with one node, or null.</param>
    /// <param name="error">What is wrong with it, or null.</param>
    public abstract bool TryRead(
        ConsulInstance instance, [NotNullWhen(true)] out ServiceRecord? single, [NotNullWhen(false)] out string? error);

    private protected abstract string ServiceOf(string consulName);

    /// <summary>Host and port of a node's address, for those who ask Consul by DNS; nothing where the address is of another form.</summary>
    protected static (string Host, int Port) HostAndPort(string address)
    {
        int scheme = address.IndexOf("://", StringComparison.Ordinal);
        string rest = scheme < 0 ? address : address[(scheme + 3)..];
        try
        {
            RegistryEndpoint endpoint = RegistryEndpoint.Parse(rest, defaultPort: 1);
            return rest.EndsWith($":{endpoint.Port}", StringComparison.Ordinal) ? (endpoint.Host, endpoint.Port) : ("", 0);
        }
        catch (FormatException)
        {
            // A path, a name, or something else that only a transport understands.
            return ("", 0);
        }
    }
}
