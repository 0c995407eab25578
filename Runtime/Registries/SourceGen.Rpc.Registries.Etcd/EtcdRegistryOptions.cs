using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Etcd.Layouts;
using SourceGen.Rpc.Registries.Shared;

namespace SourceGen.Rpc.Registries.Etcd;

/// <summary>Where etcd is, how it is reached, and where and in whose form records stand there.</summary>
public sealed class EtcdRegistryOptions
{
    /// <summary>etcd's port for clients.</summary>
    public const int DefaultPort = 2379;

    private const string DefaultEndpoint = "127.0.0.1";

    /// <summary>
    /// Members of the cluster, as <c>host</c> or <c>host:port</c>. One that cannot be reached is followed by the next. Default, also when
    /// it is empty: <c>127.0.0.1:2379</c>.
    /// </summary>
    public IList<string> Endpoints { get; set; } = [];

    /// <summary>The user, when etcd has authentication switched on. Default: none.</summary>
    public string? UserName { get; set; }

    /// <summary>The user's password. Default: empty.</summary>
    public string Password { get; set; } = "";

    /// <summary>Whether connections are encrypted. True as well when one of the three files is given. Default: false.</summary>
    public bool UseTls { get; set; }

    /// <summary>
    /// A PEM file with the certificates that those of servers must be issued by. Like the other two it may be replaced while the registry is in
    /// use. Default: those that the system trusts.
    /// </summary>
    public string? CertificateAuthorityPath { get; set; }

    /// <summary>A PEM file with this side's certificate, for etcd's <c>--client-cert-auth</c>. Default: none.</summary>
    public string? CertificatePath { get; set; }

    /// <summary>A PEM file with the certificate's key. Default: it stands in the certificate's file.</summary>
    public string? CertificateKeyPath { get; set; }

    /// <summary>The framework's own layout or Go Micro's. Default: the framework's own.</summary>
    public RecordLayout Layout { get; set; } = RecordLayout.Default;

    /// <summary>
    /// What all keys begin with; a last slash makes no difference. Default: <c>/sourcegen-rpc/services</c>, for Go Micro's layout
    /// <c>/micro/registry</c>.
    /// </summary>
    public string? Prefix { get; set; }

    /// <summary>How long one operation may take, whatever endpoints it tries. Default: 5 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// After how long a silence a watch asks its endpoint whether it is still there; it has <see cref="Timeout"/> to answer. Default: 10
    /// seconds.
    /// </summary>
    public TimeSpan WatchProbeInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many nodes are read at most; a guard against a prefix with something else below it. Default: 100,000.</summary>
    public int MaxNodes { get; set; } = 100_000;

    /// <summary>
    /// Reads an address: <c>etcd://[user:password@]host[:port][,host[:port]...][/prefix][?layout=micro&amp;timeout=5&amp;...]</c>.
    /// </summary>
    /// <param name="address">The address. docs/registries/etcd.md lists its parameters.</param>
    /// <exception cref="FormatException">Something in it is wrong; the message says what.</exception>
    public static EtcdRegistryOptions Parse(RpcAddress address)
    {
        RegistryAddress parsed = RegistryAddress.Parse(address, "tls", "ca", "cert", "key", "layout", "timeout", "probe");
        EtcdRegistryOptions options = new()
        {
            Endpoints = [.. parsed.GetEndpoints(DefaultPort).Select(static endpoint => endpoint.ToString())],
            UserName = parsed.UserName,
            Password = parsed.Password,
            UseTls = parsed.GetBoolean("tls"),
            CertificateAuthorityPath = OptionValues.GetText(parsed, "ca"),
            CertificatePath = OptionValues.GetText(parsed, "cert"),
            CertificateKeyPath = OptionValues.GetText(parsed, "key"),
            Layout = parsed.GetWord("layout", "default", "micro") == "micro" ? RecordLayout.GoMicro : RecordLayout.Default,
            Prefix = parsed.Path.Trim('/').Length > 0 ? parsed.Path : null,
        };
        options.Timeout = parsed.GetSeconds("timeout", options.Timeout);
        options.WatchProbeInterval = parsed.GetSeconds("probe", options.WatchProbeInterval);
        return options;
    }

    /// <summary>Checks the values. A registry does it when it is created.</summary>
    /// <exception cref="ArgumentException">A value is missing or out of range; the message names it.</exception>
    public void Validate()
    {
        try
        {
            GetEndpoints();
        }
        catch (FormatException e)
        {
            throw new ArgumentException($"{nameof(Endpoints)}: {e.Message}", e);
        }

        if (Layout is not (RecordLayout.Default or RecordLayout.GoMicro))
        {
            throw new ArgumentException($"{nameof(Layout)} is {Layout}; records in etcd have the layout Default or GoMicro.");
        }

        if (Prefix is not null && Prefix.Trim('/').Length == 0)
        {
            throw new ArgumentException($"{nameof(Prefix)} is '{Prefix}'; it needs a name.");
        }
        if (UserName is { Length: 0 }) throw new ArgumentException($"{nameof(UserName)} is empty; leave it null to ask without a user.");
        if (CertificateKeyPath is not null && CertificatePath is null)
        {
            throw new ArgumentException($"{nameof(CertificateKeyPath)} is given without {nameof(CertificatePath)}.");
        }

        OptionValues.RequirePositive(Timeout, nameof(Timeout));
        OptionValues.RequirePositive(WatchProbeInterval, nameof(WatchProbeInterval));
        if (MaxNodes <= 0) throw new ArgumentException($"{nameof(MaxNodes)} is {MaxNodes}; it must be more than zero.");
    }

    internal bool NeedsTls => UseTls || CertificateAuthorityPath is not null || CertificatePath is not null;

    internal IReadOnlyList<RegistryEndpoint> GetEndpoints() =>
        [.. (Endpoints.Count > 0 ? Endpoints : [DefaultEndpoint]).Select(static text => RegistryEndpoint.Parse(text, DefaultPort))];

    internal EtcdLayout CreateLayout() => Layout == RecordLayout.GoMicro
        ? new GoMicroLayout(Prefix ?? GoMicroLayout.DefaultPrefix)
        : new DefaultLayout(Prefix ?? DefaultLayout.DefaultPrefix);
}
