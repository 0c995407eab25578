using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Consul.Layouts;
using SourceGen.Rpc.Registries.Shared;

namespace SourceGen.Rpc.Registries.Consul;

/// <summary>Where Consul's agents are, how they are reached, and in whose form records stand there.</summary>
public sealed class ConsulRegistryOptions
{
    /// <summary>The agents' port for HTTP; that for HTTPS is usually 8501.</summary>
    public const int DefaultPort = 8500;

    private const string DefaultEndpoint = "127.0.0.1";

    /// <summary>
    /// Agents, usually the one on the same machine, as <c>host</c> or <c>host:port</c>. One that cannot be reached is followed by the next.
    /// Default, also when it is empty: <c>127.0.0.1:8500</c>.
    /// </summary>
    public IList<string> Endpoints { get; set; } = [];

    /// <summary>The ACL token, sent as <c>X-Consul-Token</c>. Default: none.</summary>
    public string? Token { get; set; }

    /// <summary>Whether connections are encrypted. True as well when one of the three files is given. Default: false.</summary>
    public bool UseTls { get; set; }

    /// <summary>
    /// A PEM file with the certificates that those of servers must be issued by. Like the other two it may be replaced while the registry is in
    /// use. Default: those that the system trusts.
    /// </summary>
    public string? CertificateAuthorityPath { get; set; }

    /// <summary>A PEM file with this side's certificate, where agents have <c>verify_incoming</c>. Default: none.</summary>
    public string? CertificatePath { get; set; }

    /// <summary>A PEM file with the certificate's key. Default: it stands in the certificate's file.</summary>
    public string? CertificateKeyPath { get; set; }

    /// <summary>The framework's own layout or Go Micro's. Default: the framework's own.</summary>
    public RecordLayout Layout { get; set; } = RecordLayout.Default;

    /// <summary>How long one operation may take, whatever endpoints it tries. Default: 5 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long an agent may wait before it answers a watch that nothing has changed. It has <see cref="Timeout"/> more before it counts as
    /// lost. Default: 15 seconds.
    /// </summary>
    public TimeSpan BlockingQueryWait { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How many nodes are read at most; of one service. Default: 100,000.</summary>
    public int MaxNodes { get; set; } = 100_000;

    /// <summary>
    /// Reads an address: <c>consul://host[:port][,host[:port]...][?token=...&amp;layout=micro&amp;timeout=5&amp;...]</c>.
    /// </summary>
    /// <param name="address">The address. docs/registries/consul.md lists its parameters.</param>
    /// <exception cref="FormatException">Something in it is wrong; the message says what.</exception>
    public static ConsulRegistryOptions Parse(RpcAddress address)
    {
        RegistryAddress parsed = RegistryAddress.Parse(address, "token", "tls", "ca", "cert", "key", "layout", "timeout", "wait");
        if (parsed.UserName is not null)
        {
            throw new FormatException($"The address {parsed} names a user, which Consul does not know; write ?token=... for an ACL token.");
        }

        if (parsed.Path.Trim('/').Length > 0)
        {
            throw new FormatException($"The address {parsed} has the path {parsed.Path}, which means nothing here.");
        }
        ConsulRegistryOptions options = new()
        {
            Endpoints = [.. parsed.GetEndpoints(DefaultPort).Select(static endpoint => endpoint.ToString())],
            Token = OptionValues.GetText(parsed, "token"),
            UseTls = parsed.GetBoolean("tls"),
            CertificateAuthorityPath = OptionValues.GetText(parsed, "ca"),
            CertificatePath = OptionValues.GetText(parsed, "cert"),
            CertificateKeyPath = OptionValues.GetText(parsed, "key"),
            Layout = parsed.GetWord("layout", "default", "micro") == "micro" ? RecordLayout.GoMicro : RecordLayout.Default,
        };
        options.Timeout = parsed.GetSeconds("timeout", options.Timeout);
        options.BlockingQueryWait = parsed.GetSeconds("wait", options.BlockingQueryWait);
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
            throw new ArgumentException($"{nameof(Layout)} is {Layout}; records in Consul have the layout Default or GoMicro.");
        }

        if (Token is not null && (Token.Length == 0 || Token.Any(static c => c is <= ' ' or > '~')))
        {
            throw new ArgumentException(
                $"{nameof(Token)} is empty or holds characters that no token has; leave it null to ask without one.");
        }

        if (CertificateKeyPath is not null && CertificatePath is null)
        {
            throw new ArgumentException($"{nameof(CertificateKeyPath)} is given without {nameof(CertificatePath)}.");
        }

        OptionValues.RequirePositive(Timeout, nameof(Timeout));
        OptionValues.RequirePositive(BlockingQueryWait, nameof(BlockingQueryWait));
        if (BlockingQueryWait > TimeSpan.FromMinutes(10))
        {
            throw new ArgumentException($"{nameof(BlockingQueryWait)} is {BlockingQueryWait}; Consul waits 10 minutes at most.");
        }
        if (MaxNodes <= 0) throw new ArgumentException($"{nameof(MaxNodes)} is {MaxNodes}; it must be more than zero.");
    }

    internal bool NeedsTls => UseTls || CertificateAuthorityPath is not null || CertificatePath is not null;

    internal IReadOnlyList<RegistryEndpoint> GetEndpoints() =>
        [.. (Endpoints.Count > 0 ? Endpoints : [DefaultEndpoint]).Select(static text => RegistryEndpoint.Parse(text, DefaultPort))];

    internal ConsulLayout CreateLayout() => Layout == RecordLayout.GoMicro ? new GoMicroLayout() : new DefaultLayout();
}
