using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.ZooKeeper;

/// <summary>
/// Creates registries from addresses: <c>zookeeper://[user:password@]host[:port][,host...][/path][?parameter=value...]</c>. The parameters
/// are <c>layout</c> (<c>default</c>, <c>micro</c>, <c>dubbo</c>), <c>root</c>, <c>timeout</c> and <c>session</c> in seconds, <c>acl</c>
/// (<c>default</c>, <c>open</c>, <c>creator</c>, <c>creator-read</c>), <c>tls</c>, <c>ca</c>, <c>cert</c>, <c>key</c> and
/// <c>servername</c>.
/// </summary>
/// <param name="loggers">Where registries log; null for nowhere.</param>
public sealed class ZooKeeperRegistryProvider(ILoggerFactory? loggers = null) : IRegistryProvider
{
    internal const string AddressScheme = "zookeeper";

    /// <inheritdoc/>
    public string Scheme => AddressScheme;

    /// <inheritdoc/>
    public IRegistry Create(RpcAddress address)
    {
        ZooKeeperRegistryOptions options = CreateOptions(address);
        try
        {
            return new ZooKeeperRegistry(options, loggers);
        }
        catch (ArgumentException e)
        {
            throw new FormatException($"The address of the {AddressScheme}:// registry is wrong: {e.Message}", e);
        }
    }

    internal static ZooKeeperRegistryOptions CreateOptions(RpcAddress address)
    {
        RegistryAddress parsed = RegistryAddress.Parse(
            address, "layout", "root", "timeout", "session", "acl", "tls", "ca", "cert", "key", "servername");
        if (parsed.Scheme != AddressScheme)
        {
            throw new FormatException($"The address {parsed} is not one of ZooKeeper; write {AddressScheme}://127.0.0.1:2181.");
        }

        ZooKeeperRegistryOptions options = new()
        {
            BasePath = parsed.Path,
            Layout = parsed.GetWord("layout", "default", "micro", "dubbo") switch
            {
                "micro" => RecordLayout.GoMicro,
                "dubbo" => RecordLayout.Dubbo,
                _ => RecordLayout.Default,
            },
            Root = Get("root"),
            UserName = parsed.UserName,
            Password = parsed.Password,
            Access = parsed.GetWord("acl", "default", "open", "creator", "creator-read") switch
            {
                "open" => ZooKeeperAccess.Open,
                "creator" => ZooKeeperAccess.Creator,
                "creator-read" => ZooKeeperAccess.CreatorAndReaders,
                _ => ZooKeeperAccess.Default,
            },
            UseTls = parsed.GetBoolean("tls"),
            CaFile = Get("ca"),
            CertificateFile = Get("cert"),
            KeyFile = Get("key"),
            TlsServerName = Get("servername"),
        };
        options.Timeout = parsed.GetSeconds("timeout", options.Timeout);
        if (Get("session") is not null) options.SessionTimeout = parsed.GetSeconds("session", TimeSpan.Zero);
        foreach (RegistryEndpoint endpoint in parsed.GetEndpoints(ZooKeeperRegistryOptions.DefaultPort))
        {
            options.Endpoints.Add(endpoint.ToString());
        }

        return options;

        string? Get(string name) => parsed.Parameters.TryGetValue(name, out string? value) ? value : null;
    }
}
