using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.PubSub;
using SourceGen.Rpc.Registries.Shared;

namespace SourceGen.Rpc.Brokers.RabbitMq;

/// <summary>Where RabbitMQ is, how it is reached, and under which names messages stand there.</summary>
public sealed class RabbitMqBrokerOptions : BrokerOptions
{
    /// <summary>RabbitMQ's port.</summary>
    public const int DefaultPort = 5672;

    /// <summary>RabbitMQ's port for TLS.</summary>
    public const int DefaultTlsPort = 5671;

    private const string DefaultEndpoint = "127.0.0.1";

    /// <summary>
    /// Nodes of the cluster, as <c>host</c> or <c>host:port</c>. One that cannot be reached is followed by the next. Default, also when it is
    /// empty: <c>127.0.0.1:5672</c>, with TLS <c>127.0.0.1:5671</c>.
    /// </summary>
    public IList<string> Endpoints { get; set; } = [];

    /// <summary>The user. Default: <c>guest</c>, whom RabbitMQ lets in from its own machine alone.</summary>
    public string UserName { get; set; } = "guest";

    /// <summary>The user's password. Default: <c>guest</c>.</summary>
    public string Password { get; set; } = "guest";

    /// <summary>The virtual host. It must exist. Default: <c>/</c>.</summary>
    public string VirtualHost { get; set; } = "/";

    /// <summary>
    /// The topic exchange that messages are published to, and what the names of queues begin with. It is declared when it is not there. Its
    /// name is 1 to 100 characters that a topic may have, and does not begin with <c>amq.</c>, which is RabbitMQ's. Default: <c>rpc</c>.
    /// </summary>
    public string Exchange { get; set; } = "rpc";

    /// <summary>Whether connections are encrypted. True as well when one of the three files is given. Default: false.</summary>
    public bool UseTls { get; set; }

    /// <summary>
    /// A PEM file with the certificates that those of servers must be issued by. Like the other two it may be replaced while the broker is in
    /// use. Default: those that the system trusts.
    /// </summary>
    public string? CertificateAuthorityPath { get; set; }

    /// <summary>A PEM file with this side's certificate, for servers that ask for one. Default: none.</summary>
    public string? CertificatePath { get; set; }

    /// <summary>A PEM file with the certificate's key. Default: it stands in the certificate's file.</summary>
    public string? CertificateKeyPath { get; set; }

    /// <summary>The name of the connection, which RabbitMQ's management shows. Default: the program's.</summary>
    public string? ClientName { get; set; }

    /// <summary>
    /// How often both sides say that they are there, when they say nothing else. A side that is silent for twice that time is gone. The server
    /// may ask for a shorter one. From 1 second to an hour. Default: 10 seconds.
    /// </summary>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How many published messages may wait for the server's confirmation; further ones wait for room, up to
    /// <see cref="BrokerOptions.PublishTimeout"/>. From 1 to 65,535. Default: 1,024.
    /// </summary>
    public int MaxOutstandingPublishes { get; set; } = 1_024;

    /// <summary>
    /// The largest message in bytes, headers included. The server has a limit of its own (<c>max_message_size</c>: 128 MiB), and ends the
    /// connection over it. Default: 16 MiB.
    /// </summary>
    public int MaxMessageBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>
    /// Reads an address: <c>amqp://[user:password@]host[:port][,host[:port]...][/vhost][?exchange=rpc&amp;...]</c>, or <c>amqps://</c> with TLS.
    /// </summary>
    /// <param name="address">The address. docs/brokers/rabbitmq.md lists its parameters.</param>
    /// <exception cref="FormatException">Something in it is wrong; the message says what.</exception>
    public static RabbitMqBrokerOptions Parse(RpcAddress address)
    {
        RegistryAddress parsed = RegistryAddress.Parse(
            address, "exchange", "tls", "ca", "cert", "key", "name", "heartbeat", "timeout", "publish-timeout");
        RabbitMqBrokerOptions options = new()
        {
            UseTls = parsed.GetBoolean("tls", parsed.Scheme == RabbitMqBroker.TlsScheme),
            CertificateAuthorityPath = OptionValues.GetText(parsed, "ca"),
            CertificatePath = OptionValues.GetText(parsed, "cert"),
            CertificateKeyPath = OptionValues.GetText(parsed, "key"),
            ClientName = OptionValues.GetText(parsed, "name"),
        };
        if (parsed.Scheme == RabbitMqBroker.TlsScheme && !options.UseTls)
            throw new FormatException($"The address {parsed} has tls=false; write {RabbitMqBroker.Scheme}:// for a connection without TLS.");
        options.Endpoints = [.. parsed.GetEndpoints(options.PortByDefault).Select(static endpoint => endpoint.ToString())];
        if (parsed.UserName is { } user)
        {
            options.UserName = user;
            options.Password = parsed.Password;
        }

        if (parsed.Path.Length > 1) options.VirtualHost = parsed.Path[1..];
        options.Exchange = OptionValues.GetText(parsed, "exchange") ?? options.Exchange;
        options.Heartbeat = parsed.GetSeconds("heartbeat", options.Heartbeat);
        options.ConnectTimeout = parsed.GetSeconds("timeout", options.ConnectTimeout);
        options.PublishTimeout = parsed.GetSeconds("publish-timeout", options.PublishTimeout);
        return options;
    }

    /// <summary>Checks the values. A broker does it when it is created.</summary>
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

        if (string.IsNullOrEmpty(UserName)) throw new ArgumentException($"{nameof(UserName)} is empty; RabbitMQ lets nobody in without one.");
        ArgumentNullException.ThrowIfNull(Password);
        if (string.IsNullOrEmpty(VirtualHost)) throw new ArgumentException($"{nameof(VirtualHost)} is empty; RabbitMQ's default is '/'.");
        CheckExchange();
        if (CertificateKeyPath is not null && CertificatePath is null)
            throw new ArgumentException($"{nameof(CertificateKeyPath)} is given without {nameof(CertificatePath)}.");
        if (Heartbeat < TimeSpan.FromSeconds(1) || Heartbeat > TimeSpan.FromHours(1))
            throw new ArgumentException($"{nameof(Heartbeat)} is {Heartbeat}; it must be from 1 second to an hour.");
        if (MaxOutstandingPublishes is < 1 or > ushort.MaxValue)
            throw new ArgumentException($"{nameof(MaxOutstandingPublishes)} is {MaxOutstandingPublishes}; it must be from 1 to {ushort.MaxValue:N0}.");
        if (MaxMessageBytes < 1) throw new ArgumentException($"{nameof(MaxMessageBytes)} is {MaxMessageBytes}; it must be more than zero.");
    }

    internal bool NeedsTls => UseTls || CertificateAuthorityPath is not null || CertificatePath is not null;

    /// <summary>The address for messages: without user and password.</summary>
    internal string Address
    {
        get
        {
            string scheme = NeedsTls ? RabbitMqBroker.TlsScheme : RabbitMqBroker.Scheme;
            string path = VirtualHost == "/" ? "" : $"/{VirtualHost}";
            return $"{scheme}://{string.Join(',', GetEndpoints())}{path}";
        }
    }

    private int PortByDefault => NeedsTls ? DefaultTlsPort : DefaultPort;

    internal IReadOnlyList<RegistryEndpoint> GetEndpoints() =>
        [.. (Endpoints.Count > 0 ? Endpoints : [DefaultEndpoint]).Select(text => RegistryEndpoint.Parse(text, PortByDefault))];

    internal RabbitMqBrokerOptions Copy()
    {
        RabbitMqBrokerOptions copy = (RabbitMqBrokerOptions)MemberwiseClone();
        copy.Endpoints = [.. Endpoints];
        return copy;
    }

    private void CheckExchange()
    {
        const int Longest = 100;
        try
        {
            TopicName.Check(Exchange);
        }
        catch (RpcException e)
        {
            throw new ArgumentException($"{nameof(Exchange)} is '{Exchange}', which names no exchange: {e.Message}", e);
        }

        if (Exchange.Length > Longest) throw new ArgumentException($"{nameof(Exchange)} has {Exchange.Length} characters, and {Longest} are the most.");
        if (Exchange.StartsWith("amq.", StringComparison.Ordinal))
            throw new ArgumentException($"{nameof(Exchange)} is '{Exchange}'; names that begin with 'amq.' are RabbitMQ's own.");
    }
}
