using System.Globalization;
using SourceGen.Rpc.Brokers.Nats.JetStream;
using SourceGen.Rpc.Brokers.Nats.Protocol;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.PubSub;
using SourceGen.Rpc.Registries.Shared;

namespace SourceGen.Rpc.Brokers.Nats;

/// <summary>Where NATS is, how it is reached, and whether JetStream keeps messages there.</summary>
public sealed class NatsBrokerOptions : BrokerOptions
{
    /// <summary>NATS's port for clients.</summary>
    public const int DefaultPort = 4222;

    private const string DefaultServer = "127.0.0.1";

    private TimeSpan _replyTimeout = TimeSpan.FromSeconds(5);
    private TimeSpan _pingInterval = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Servers of the cluster, as <c>host</c> or <c>host:port</c>. One that cannot be reached is followed by the next. Default, also when it is
    /// empty: <c>127.0.0.1:4222</c>.
    /// </summary>
    public IList<string> Servers { get; set; } = [];

    /// <summary>
    /// Whether servers that the cluster announces are used as well, when the connection is lost or its server is about to stop and none of
    /// <see cref="Servers"/> answers. They get the same credentials. Announced by TLS, they are used by TLS alone. 32 at most. Default: true.
    /// </summary>
    public bool UseAnnouncedServers { get; set; } = true;

    /// <summary>The user, when the server asks for one. Default: none.</summary>
    public string? UserName { get; set; }

    /// <summary>The user's password. Default: empty.</summary>
    public string Password { get; set; } = "";

    /// <summary>The token, when the server asks for one instead of a user. Default: none.</summary>
    public string? Token { get; set; }

    /// <summary>
    /// Whether servers without TLS are refused. True as well when one of the three files is given. A server that demands TLS gets it in any case.
    /// Default: false.
    /// </summary>
    public bool UseTls { get; set; }

    /// <summary>
    /// A PEM file with the certificates that those of servers must be issued by. Like the other two it may be replaced while the broker is in use.
    /// Default: those that the system trusts.
    /// </summary>
    public string? CertificateAuthorityPath { get; set; }

    /// <summary>A PEM file with this side's certificate, for servers that verify clients. Default: none.</summary>
    public string? CertificatePath { get; set; }

    /// <summary>A PEM file with the certificate's key. Default: it stands in the certificate's file.</summary>
    public string? CertificateKeyPath { get; set; }

    /// <summary>The program's name, which the server shows of its connections. Default: none.</summary>
    public string? Name { get; set; }

    /// <summary>
    /// Whether JetStream keeps messages: what is published is confirmed, survives the server, is delivered again until it was handled, and can be
    /// had later. The server must have it (<c>nats-server -js</c>). Default: false, NATS as it is: at most once, to who is there.
    /// </summary>
    public bool JetStream { get; set; }

    /// <summary>
    /// The stream that all topics are kept in; a pattern may then begin with a wildcard. Default: none: each topic is in the stream that has its
    /// subject, or, if none has, in one for its first token, <c>RPC_orders</c> for <c>orders.placed</c>, which is created.
    /// </summary>
    public string? StreamName { get; set; }

    /// <summary>
    /// The subjects that <see cref="StreamName"/> is created with when it is not there, such as <c>orders.&gt;</c>. Default: none: it must be there.
    /// </summary>
    public IList<string> StreamSubjects { get; set; } = [];

    /// <summary>
    /// How long streams that are created keep a message, handled or not. Those that are there already keep what they were told. Default: 7 days.
    /// </summary>
    public TimeSpan StreamMaxAge { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How many bytes a stream that is created keeps at most; the oldest messages make room. Default: -1, no limit.</summary>
    public long StreamMaxBytes { get; set; } = -1;

    /// <summary>How long an answer of the server is waited for: that a subscription is in effect, and JetStream's. Default: 5 seconds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not above 0, or longer than a day.</exception>
    public TimeSpan ReplyTimeout
    {
        get => _replyTimeout;
        set => _replyTimeout = Check(value, nameof(ReplyTimeout));
    }

    /// <summary>
    /// After how long a silence the server is asked whether it is still there; it has the same time to answer, or the connection is given up.
    /// Default: 20 seconds.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not above 0, or longer than a day.</exception>
    public TimeSpan PingInterval
    {
        get => _pingInterval;
        set => _pingInterval = Check(value, nameof(PingInterval));
    }

    /// <summary>
    /// How many bytes wait to be sent at most. When there are more, publishing waits for <see cref="BrokerOptions.PublishTimeout"/>, then fails with
    /// <see cref="RpcStatusCode.ResourceExhausted"/>. A single message may be larger. Default: 8 MiB.
    /// </summary>
    public int MaxPendingBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>
    /// How many messages wait for the handler of a subscription at most, those in progress included, without <see cref="JetStream"/> and where
    /// <see cref="SubscriptionOptions.Prefetch"/> does not say it. The newest beyond are dropped and counted. Default: 65,536.
    /// </summary>
    public int MaxWaitingMessages { get; set; } = 65_536;

    /// <summary>How many bytes they have at most, a single message apart. Default: 64 MiB.</summary>
    public long MaxWaitingBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// Reads an address: <c>nats://[user:password@|token@]host[:port][,host[:port]...][?jetstream=true&amp;...]</c>.
    /// </summary>
    /// <param name="address">The address. docs/brokers/nats.md lists its parameters.</param>
    /// <exception cref="FormatException">Something in it is wrong; the message says what.</exception>
    public static NatsBrokerOptions Parse(RpcAddress address)
    {
        RegistryAddress parsed = RegistryAddress.Parse(
            address, "jetstream", "stream", "subjects", "maxAge", "maxBytes", "tls", "ca", "cert", "key", "name", "connectTimeout", "publishTimeout",
            "replyTimeout", "ping", "pending", "announced");
        if (parsed.Path.Trim('/').Length > 0) throw new FormatException($"The address {parsed} has the path '{parsed.Path}'; nats:// has none.");
        // As other clients do: what stands before the @ without a colon is a token.
        bool isToken = parsed.UserName is { Length: > 0 } && parsed.Password.Length == 0;
        NatsBrokerOptions options = new()
        {
            Servers = [.. parsed.GetEndpoints(DefaultPort).Select(static endpoint => endpoint.ToString())],
            UseAnnouncedServers = parsed.GetBoolean("announced", fallback: true),
            UserName = isToken ? null : parsed.UserName,
            Password = parsed.Password,
            Token = isToken ? parsed.UserName : null,
            UseTls = parsed.GetBoolean("tls"),
            CertificateAuthorityPath = OptionValues.GetText(parsed, "ca"),
            CertificatePath = OptionValues.GetText(parsed, "cert"),
            CertificateKeyPath = OptionValues.GetText(parsed, "key"),
            Name = OptionValues.GetText(parsed, "name"),
            JetStream = parsed.GetBoolean("jetstream"),
            StreamName = OptionValues.GetText(parsed, "stream"),
            StreamSubjects = [.. (OptionValues.GetText(parsed, "subjects") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries)],
        };
        options.ConnectTimeout = parsed.GetSeconds("connectTimeout", options.ConnectTimeout);
        options.PublishTimeout = parsed.GetSeconds("publishTimeout", options.PublishTimeout);
        options.ReplyTimeout = parsed.GetSeconds("replyTimeout", options.ReplyTimeout);
        options.PingInterval = parsed.GetSeconds("ping", options.PingInterval);
        options.StreamMaxAge = TimeSpan.FromSeconds(GetNumber(parsed, "maxAge", (long)options.StreamMaxAge.TotalSeconds, int.MaxValue));
        options.StreamMaxBytes = GetNumber(parsed, "maxBytes", options.StreamMaxBytes, long.MaxValue);
        options.MaxPendingBytes = (int)GetNumber(parsed, "pending", options.MaxPendingBytes, int.MaxValue);
        return options;
    }

    /// <summary>Checks the values. A broker does it when it is created.</summary>
    /// <exception cref="ArgumentException">A value is missing or out of range; the message names it.</exception>
    public void Validate()
    {
        try
        {
            GetServers();
        }
        catch (FormatException e)
        {
            throw new ArgumentException($"{nameof(Servers)}: {e.Message}", e);
        }

        if (UserName is not null && Token is not null) throw new ArgumentException($"{nameof(UserName)} and {nameof(Token)} are given; a server asks for one of them.");
        if (UserName is { Length: 0 }) throw new ArgumentException($"{nameof(UserName)} is empty; leave it null to connect without a user.");
        if (CertificateKeyPath is not null && CertificatePath is null)
        {
            throw new ArgumentException($"{nameof(CertificateKeyPath)} is given without {nameof(CertificatePath)}.");
        }

        if (!JetStream && (StreamName is not null || StreamSubjects.Count > 0))
        {
            throw new ArgumentException($"{nameof(StreamName)} and {nameof(StreamSubjects)} are JetStream's; set {nameof(JetStream)}, too.");
        }

        if (StreamName is null && StreamSubjects.Count > 0) throw new ArgumentException($"{nameof(StreamSubjects)} is given without {nameof(StreamName)}.");
        if (StreamName is { } stream && !JetStreamNames.IsStreamName(stream))
        {
            throw new ArgumentException($"{nameof(StreamName)} is '{stream}'; it must be 1 to 255 letters, digits, '_' and '-'.");
        }

        foreach (string subject in StreamSubjects)
        {
            try
            {
                TopicPattern.Parse(subject);
            }
            catch (RpcException e)
            {
                throw new ArgumentException($"{nameof(StreamSubjects)}: {e.Message}", e);
            }
        }

        if (StreamMaxAge < TimeSpan.FromSeconds(1)) throw new ArgumentException($"{nameof(StreamMaxAge)} is {StreamMaxAge}; it must be a second at least.");
        if (StreamMaxBytes is 0 or < -1) throw new ArgumentException($"{nameof(StreamMaxBytes)} is {StreamMaxBytes}; it must be above 0, or -1 for no limit.");
        if (MaxPendingBytes <= 0) throw new ArgumentException($"{nameof(MaxPendingBytes)} is {MaxPendingBytes}; it must be above 0.");
        if (MaxWaitingMessages is <= 0 or > 1_000_000) throw new ArgumentException($"{nameof(MaxWaitingMessages)} is {MaxWaitingMessages}; it must be from 1 to 1,000,000.");
        if (MaxWaitingBytes <= 0) throw new ArgumentException($"{nameof(MaxWaitingBytes)} is {MaxWaitingBytes}; it must be above 0.");
        if (Name is { } name && name.Any(char.IsControl)) throw new ArgumentException($"{nameof(Name)} has a control character.");
    }

    internal bool NeedsTls => UseTls || CertificateAuthorityPath is not null || CertificatePath is not null;

    /// <summary>What can be sent at most, whatever the server says: the parser's own bound.</summary>
    internal static int Clamp(long maxPayload) => (int)Math.Clamp(maxPayload, 0, NatsParser.HardMaxPayload);

    internal IReadOnlyList<RegistryEndpoint> GetServers() =>
        [.. (Servers.Count > 0 ? Servers : [DefaultServer]).Select(static text => RegistryEndpoint.Parse(text, DefaultPort))];

    internal NatsBrokerOptions Copy()
    {
        NatsBrokerOptions copy = (NatsBrokerOptions)MemberwiseClone();
        copy.Servers = [.. Servers];
        copy.StreamSubjects = [.. StreamSubjects];
        return copy;
    }

    private static long GetNumber(RegistryAddress address, string name, long fallback, long most)
    {
        if (OptionValues.GetText(address, name) is not { } text) return fallback;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number > 0 && number <= most
            ? number
            : throw new FormatException($"The address {address} has {name}={text}; it must be a whole number from 1 to {most}.");
    }
}
