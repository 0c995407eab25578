using System.Net;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Dns.Encryption;
using SourceGen.Rpc.Registries.Dns.Layout;
using SourceGen.Rpc.Registries.Dns.Signing;

namespace SourceGen.Rpc.Registries.Dns;

/// <summary>
/// Which DNS servers are asked, for which names, and how patiently. Each has a parameter in the address; docs/registries/dns.md lists them.
/// </summary>
public sealed class DnsRegistryOptions
{
    /// <summary>
    /// The default of <see cref="Name"/>: the SRV record of a Kubernetes headless service whose port is named <c>rpc</c>.
    /// </summary>
    public const string DefaultName = "_rpc._tcp.{service}.{namespace}.{zone}";

    private const int DnsPort = 53;
    private const int TlsPort = 853;

    /// <summary>
    /// The servers, each an IP address with or without a port, which is 53 otherwise, 853 with TLS. Asked in this order, beginning with the
    /// one that answered last. Default: none, which means those of <see cref="ResolverFile"/>.
    /// </summary>
    public IList<string> Servers { get; } = [];

    /// <summary>
    /// Where the servers are listed when <see cref="Servers"/> is empty, in the form of resolv.conf(5). It is read before each question.
    /// Default:
    /// <c>/etc/resolv.conf</c>.
    /// </summary>
    public string ResolverFile { get; set; } = "/etc/resolv.conf";

    /// <summary>
    /// The name of a service's SRV records, with <c>{service}</c>, <c>{namespace}</c> and <c>{zone}</c> in it. Default:
    /// <see cref="DefaultName"/>. Address parameter <c>name</c>.
    /// </summary>
    public string Name { get; set; } = DefaultName;

    /// <summary>What stands for <c>{namespace}</c>. Default: <c>default</c>. Address parameter <c>namespace</c>.</summary>
    public string Namespace { get; set; } = "default";

    /// <summary>What stands for <c>{zone}</c>. Default: <c>svc.cluster.local</c>. In an address it is the path.</summary>
    public string Zone { get; set; } = "svc.cluster.local";

    /// <summary>
    /// Whether <c>{service}</c> is the service's name as it is, its dots separating labels. Otherwise it is one label as Kubernetes names
    /// its services: lower case, and a dash for all that is neither a letter nor a digit, so that <c>Shop.Greeter</c> is
    /// <c>shop-greeter</c>. Default: false. Address parameter <c>plain</c>.
    /// </summary>
    public bool UsesPlainServiceNames { get; set; }

    /// <summary>
    /// The port of all nodes where there is no SRV record: then A and AAAA records are read, of the name without the labels at its
    /// beginning that begin with an underscore. Default: null, which means that a name without SRV records is not registered. Address
    /// parameter <c>port</c>.
    /// </summary>
    public int? Port { get; set; }

    /// <summary>The scheme of the nodes' addresses. Default: <c>tcp</c>. Address parameter <c>scheme</c>.</summary>
    public string Scheme { get; set; } = "tcp";

    /// <summary>Which addresses of a host are used. Default: <see cref="DnsAddressFamily.Any"/>. Address parameter <c>family</c>.</summary>
    public DnsAddressFamily AddressFamily { get; set; }

    /// <summary>
    /// Whether the nodes of all priorities are given. Otherwise only those of the lowest number are, because a balancer would use a spare
    /// server like any other. Either way the number is metadata of the node, <c>priority</c>. Default: false. Address parameter
    /// <c>priorities</c>.
    /// </summary>
    public bool IncludesAllPriorities { get; set; }

    /// <summary>
    /// Whether TXT records of the same name are read: <c>version=</c> is the record's version, others (<c>group=</c>) are its metadata.
    /// Default: true. Address parameter <c>txt</c>.
    /// </summary>
    public bool ReadsText { get; set; } = true;

    /// <summary>
    /// How long one look-up takes at most, with all its questions and servers. Default: 5 seconds. Address parameter <c>timeout</c>.
    /// </summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one server's answer to one question is waited for. Default: 1 second. Address parameter <c>attempt</c>.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How often each server is asked a question before it fails, from 1 to 10. Default: 2. Address parameter <c>attempts</c>.
    /// </summary>
    public int Attempts { get; set; } = 2;

    /// <summary>
    /// The shortest time after which a service that is followed is asked for again, whatever the time to live of its records. Default: 1
    /// second. Address parameter <c>min-refresh</c>.
    /// </summary>
    public TimeSpan MinRefresh { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The longest time after which a service that is followed is asked for again, and the longest time for which it is remembered that a
    /// name has no records. Default: 30 seconds. Address parameter <c>max-refresh</c>.
    /// </summary>
    public TimeSpan MaxRefresh { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The name of the key that questions are signed with, and answers must be (TSIG, RFC 8945), as the servers have it. Their clocks and
    /// this one may differ by five minutes. Default: null, neither is signed. Address parameter <c>tsig</c>.
    /// </summary>
    public string? KeyName { get; set; }

    /// <summary>
    /// The secret of <see cref="KeyName"/> in base64, of at least 16 bytes. Default: none. Address parameter <c>secret</c>; an address that
    /// others may read should have <c>secret-file</c> instead.
    /// </summary>
    public string? KeySecret { get; set; }

    /// <summary>
    /// A file that holds what <see cref="KeySecret"/> would, and nothing else but white space. It is read when a registry is created.
    /// Default: none. Address parameter <c>secret-file</c>.
    /// </summary>
    public string? KeySecretPath { get; set; }

    /// <summary>
    /// The algorithm of <see cref="KeyName"/>. Default: <see cref="DnsKeyAlgorithm.HmacSha256"/>. Address parameter <c>algorithm</c>:
    /// <c>hmac-sha256</c>, <c>hmac-sha384</c> or <c>hmac-sha512</c>.
    /// </summary>
    public DnsKeyAlgorithm KeyAlgorithm { get; set; }

    /// <summary>
    /// Whether servers are asked by TLS (RFC 7858), and by nothing else. True as well when one of the files is given. Default: false.
    /// Address parameter <c>tls</c>.
    /// </summary>
    public bool UseTls { get; set; }

    /// <summary>
    /// A PEM file with the certificates that those of servers must be issued by. Default: those that the system trusts. Address parameter
    /// <c>ca</c>.
    /// </summary>
    public string? CertificateAuthorityPath { get; set; }

    /// <summary>
    /// A PEM file with this side's certificate, for servers that ask for one. Default: none. Address parameter <c>cert</c>.
    /// </summary>
    public string? CertificatePath { get; set; }

    /// <summary>
    /// A PEM file with the certificate's key. Default: it stands in the certificate's file. Address parameter <c>key</c>.
    /// </summary>
    public string? CertificateKeyPath { get; set; }

    /// <summary>
    /// The name that servers' certificates must have. Default, null: the server's IP address. Address parameter <c>servername</c>.
    /// </summary>
    public string? TlsServerName { get; set; }

    /// <summary>The clock of times to live, of idle connections and of signatures. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Reads the options from an address.</summary>
    /// <param name="address">Such as <c>dns://10.0.0.10:53,10.0.0.11/svc.cluster.local?namespace=shop</c>, or <c>dns://</c> alone.</param>
    /// <exception cref="FormatException">A part of it is wrong; the message says which.</exception>
    public static DnsRegistryOptions FromAddress(RpcAddress address) => DnsRegistryAddress.Read(address);

    /// <summary>Checks that the options make sense together. Files are read only when a registry is created.</summary>
    /// <exception cref="ArgumentException">One does not; the message names it and says what is possible.</exception>
    public void Validate()
    {
        foreach (string server in Servers) ParseServer(server, DefaultPort);
        ServiceNameTemplate.Check(this);
        if (Port is < 1 or > ushort.MaxValue) throw new ArgumentException($"Port is {Port}; it must be from 1 to {ushort.MaxValue}.");
        if (!RpcAddress.TryParse($"{Scheme}://localhost", out _))
        {
            throw new ArgumentException($"Scheme is '{Scheme}', which is none; write for example tcp.");
        }
        if (!Enum.IsDefined(AddressFamily)) throw new ArgumentException($"AddressFamily is {AddressFamily}, which there is not.");
        CheckTime(Timeout, nameof(Timeout));
        CheckTime(AttemptTimeout, nameof(AttemptTimeout));
        CheckTime(MinRefresh, nameof(MinRefresh));
        CheckTime(MaxRefresh, nameof(MaxRefresh));
        if (MaxRefresh < MinRefresh)
        {
            throw new ArgumentException($"MaxRefresh is {MaxRefresh}, which is less than MinRefresh, {MinRefresh}.");
        }
        TsigKey.Check(this);
        TlsSettings.Check(this);
        if (Attempts is < 1 or > 10) throw new ArgumentException($"Attempts is {Attempts}; it must be from 1 to 10.");
        ArgumentNullException.ThrowIfNull(TimeProvider);
        ArgumentNullException.ThrowIfNull(ResolverFile);
    }

    internal bool NeedsTls => UseTls || CertificateAuthorityPath is not null || CertificatePath is not null;

    /// <summary>The port of servers that name none.</summary>
    internal int DefaultPort => NeedsTls ? TlsPort : DnsPort;

    internal static IPEndPoint ParseServer(string text, int defaultPort)
    {
        // A bare IPv6 address, which has colons and is no host with a port.
        if (IPAddress.TryParse(text, out IPAddress? bare)) return new IPEndPoint(bare, defaultPort);
        try
        {
            RegistryEndpoint endpoint = RegistryEndpoint.Parse(text, defaultPort);
            if (IPAddress.TryParse(endpoint.Host, out IPAddress? host)) return new IPEndPoint(host, endpoint.Port);
        }
        catch (FormatException e)
        {
            throw new ArgumentException($"The DNS server {e.Message}", e);
        }

        throw new ArgumentException(
            $"The DNS server '{text}' is not an IP address; a server's name would have to be asked for first. "
            + "Write for example 10.0.0.10:53.");
    }

    private static void CheckTime(TimeSpan time, string name)
    {
        if (time <= TimeSpan.Zero || time > TimeSpan.FromDays(1))
        {
            throw new ArgumentException($"{name} is {time}; it must be above 0 and at most a day.");
        }
    }
}
