using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Shared;
using SourceGen.Rpc.Registries.ZooKeeper.Client;

namespace SourceGen.Rpc.Registries.ZooKeeper;

/// <summary>
/// How a <see cref="ZooKeeperRegistry"/> reaches ZooKeeper, and how it keeps records there. They are read once, when it is created.
/// </summary>
public sealed class ZooKeeperRegistryOptions
{
    internal const int DefaultPort = 2181;

    private static readonly TimeSpan s_defaultSessionTimeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The servers of one ensemble, as <c>host</c> or <c>host:port</c>; the port is 2181 when none is given. Default: <c>127.0.0.1</c>.
    /// </summary>
    public IList<string> Endpoints { get; } = [];

    /// <summary>
    /// A path that everything is below, for ensembles that several systems share: <c>/production</c>. Created when it is not there.
    /// Default: none.
    /// </summary>
    public string BasePath { get; set; } = "";

    /// <summary>In whose form and under whose paths records are kept. Default: the framework's own.</summary>
    public RecordLayout Layout { get; set; }

    /// <summary>
    /// The path, below <see cref="BasePath"/>, that services are in. Default, null: <c>/sourcegen-rpc/services</c>, <c>/micro-registry</c>
    /// or <c>/dubbo</c>, by the layout.
    /// </summary>
    public string? Root { get; set; }

    /// <summary>
    /// How long one operation may take, going on to other servers included, and for how long a watch waits for a server to come back before
    /// it fails. Default: 5 seconds.
    /// </summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The session's timeout to ask for: how long after this process has died, or lost all servers, its nodes go. Servers keep it within
    /// bounds of their own, 4 to 40 seconds unless configured otherwise. Never longer than the shortest
    /// <see cref="RegisterOptions.TimeToLive"/>. Default, null: that time, and 30 seconds as long as nothing was registered.
    /// </summary>
    public TimeSpan? SessionTimeout { get; set; }

    /// <summary>
    /// Who to be, by ZooKeeper's scheme <c>digest</c>. The password is sent readably, so use TLS too. Default, null: nobody.
    /// </summary>
    public string? UserName { get; set; }

    /// <summary>The password that belongs to <see cref="UserName"/>. Default: empty.</summary>
    public string Password { get; set; } = "";

    /// <summary>
    /// Who may do what with nodes that are created. Default: their creator alone with a <see cref="UserName"/>, otherwise everybody.
    /// </summary>
    public ZooKeeperAccess Access { get; set; }

    /// <summary>Whether connections are encrypted; the servers need a <c>secureClientPort</c>. Default: false.</summary>
    public bool UseTls { get; set; }

    /// <summary>
    /// A PEM file with the authorities that servers' certificates come from. Like the other two it may be replaced while the registry is in
    /// use. Default, null: those of the operating system.
    /// </summary>
    public string? CaFile { get; set; }

    /// <summary>A PEM file with the certificate to show to servers, which ask for one by default. Default: none.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>A PEM file with the key of <see cref="CertificateFile"/>. Default, null: it stands in the same file.</summary>
    public string? KeyFile { get; set; }

    /// <summary>The name that servers' certificates must have. Default, null: the host as it stands in <see cref="Endpoints"/>.</summary>
    public string? TlsServerName { get; set; }

    internal string GetAddress()
    {
        string servers = string.Join(',', GetEndpoints());
        return $"{ZooKeeperRegistryProvider.AddressScheme}://{servers}{BasePath.TrimEnd('/')}";
    }

    internal IRecordLayout CreateLayout()
    {
        string basePath = CheckPath(BasePath, nameof(BasePath));
        string root = basePath + CheckPath(
            Root ?? Layout switch
            {
                RecordLayout.Default => DefaultLayout.DefaultRoot,
                RecordLayout.GoMicro => GoMicroLayout.DefaultRoot,
                RecordLayout.Dubbo => DubboLayout.DefaultRoot,
                _ => throw new ArgumentException(
                    $"{nameof(ZooKeeperRegistryOptions)}.{nameof(Layout)} is {(int)Layout}, which is no layout."),
            },
            nameof(Root));
        if (root.Length == 0)
        {
            throw new ArgumentException($"{nameof(ZooKeeperRegistryOptions)}.{nameof(Root)} is empty; write for example /services.");
        }

        return Layout switch
        {
            RecordLayout.GoMicro => new GoMicroLayout(root),
            RecordLayout.Dubbo => new DubboLayout(root),
            _ => new DefaultLayout(root),
        };
    }

    internal ClientSettings CreateSettings(ILogger logger)
    {
        CheckTime(Timeout, nameof(Timeout));
        if (SessionTimeout is { } session) CheckTime(session, nameof(SessionTimeout));
        if (!UseTls && (CaFile ?? CertificateFile ?? KeyFile ?? TlsServerName) is not null)
        {
            throw new ArgumentException(
                $"{nameof(ZooKeeperRegistryOptions)} name files or a name for TLS, and {nameof(UseTls)} is false. Set it to true.");
        }

        if (KeyFile is not null && CertificateFile is null)
        {
            throw new ArgumentException($"{nameof(ZooKeeperRegistryOptions)}.{nameof(KeyFile)} is set without {nameof(CertificateFile)}.");
        }

        return new ClientSettings
        {
            Endpoints = GetEndpoints(),
            Timeout = Timeout,
            SessionTimeout = SessionTimeout ?? s_defaultSessionTimeout,
            Digest = UserName is null ? null : Encoding.UTF8.GetBytes($"{UserName}:{Password}"),
            Access = GetAccess(),
            Tls = UseTls ? new TlsFiles(CaFile, CertificateFile, KeyFile, logger) : null,
            TlsServerName = TlsServerName,
        };
    }

    private ImmutableArray<RegistryEndpoint> GetEndpoints()
    {
        try
        {
            return Endpoints.Count == 0
                ? [new RegistryEndpoint("127.0.0.1", DefaultPort)]
                : [.. Endpoints.Select(static text => RegistryEndpoint.Parse(text, DefaultPort))];
        }
        catch (FormatException e)
        {
            throw new ArgumentException($"{nameof(ZooKeeperRegistryOptions)}.{nameof(Endpoints)}: {e.Message}", e);
        }
    }

    private byte[] GetAccess()
    {
        ZooKeeperAccess access = Access == ZooKeeperAccess.Default
            ? (UserName is null ? ZooKeeperAccess.Open : ZooKeeperAccess.Creator)
            : Access;
        if (access != ZooKeeperAccess.Open && UserName is null && CertificateFile is null)
        {
            throw new ArgumentException(
                $"{nameof(ZooKeeperRegistryOptions)}.{nameof(Access)} is {access}, and there is no {nameof(UserName)} that it could be "
                + "given to.");
        }

        return access switch
        {
            ZooKeeperAccess.Open => NodeAccess.Open,
            ZooKeeperAccess.Creator => NodeAccess.Creator,
            ZooKeeperAccess.CreatorAndReaders => NodeAccess.CreatorAndReaders,
            _ => throw new ArgumentException($"{nameof(ZooKeeperRegistryOptions)}.{nameof(Access)} is {(int)access}, which is none."),
        };
    }

    private static void CheckTime(TimeSpan time, string name)
    {
        if (time >= TimeSpan.FromMilliseconds(10) && time <= TimeSpan.FromDays(1)) return;
        throw new ArgumentException($"{nameof(ZooKeeperRegistryOptions)}.{name} is {time}; it must be from 10 milliseconds to a day.");
    }

    /// <summary>A path without a slash at its end; empty for none.</summary>
    private static string CheckPath(string path, string name)
    {
        string trimmed = path.TrimEnd('/');
        bool isPath = trimmed.Length == 0
            || (trimmed.StartsWith('/')
                && trimmed[1..].Split('/').All(static part => part is not ("" or "." or "..") && !part.Any(char.IsControl)));
        return isPath
            ? trimmed
            : throw new ArgumentException(
                $"{nameof(ZooKeeperRegistryOptions)}.{name} is '{path}'; a path begins with a slash and has no parts that are empty, "
                + "'.' or '..'.");
    }
}
