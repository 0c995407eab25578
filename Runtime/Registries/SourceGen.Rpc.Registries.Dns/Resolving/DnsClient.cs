using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Dns.Encryption;
using SourceGen.Rpc.Registries.Dns.Signing;
using SourceGen.Rpc.Registries.DnsMessages;
using SourceGen.Rpc.Registries.DnsMessages.Data;

namespace SourceGen.Rpc.Registries.Dns.Resolving;

/// <summary>
/// Asks servers in turn until one knows, by UDP and, where the answer does not fit, by TCP, or by TLS alone; signed where there is a key.
/// Thread safe.
/// </summary>
internal sealed class DnsClient(DnsRegistryOptions options, string registry, ILogger logger) : IDisposable
{
    /// <summary>How many names are followed that are each another name of the one before.</summary>
    private const int MaxAliases = 8;

    private readonly TsigKey? _key = TsigKey.Load(options);
    private readonly NegativeCache _negative = new(options.TimeProvider, options.MinRefresh, options.MaxRefresh);
    private readonly ImmutableArray<IPEndPoint> _servers =
        [.. options.Servers.Select(server => DnsRegistryOptions.ParseServer(server, options.DefaultPort))];
    private readonly TlsExchange? _tls =
        TlsSettings.Load(options, logger) is { } tls ? new TlsExchange(tls, options.TimeProvider) : null;
    private IPEndPoint? _lastToAnswer;

    /// <summary>Gets the records of a name, following its aliases.</summary>
    /// <exception cref="RpcException">No server could say.</exception>
    public async ValueTask<DnsAnswer> AskAsync(DomainName name, DnsRecordType type, CancellationToken cancellationToken)
    {
        TimeSpan timeToLive = TimeSpan.MaxValue;
        for (int aliases = 0; aliases <= MaxAliases;)
        {
            DnsQuestion question = new(name, type);
            if (_negative.TryGet(question, out TimeSpan remaining)) return new DnsAnswer([], [], Shorter(timeToLive, remaining));
            DnsMessage message = await AskServersAsync(question, cancellationToken).ConfigureAwait(false);

            // The answer may hold the whole chain, or the beginning of one.
            DomainName asked = name;
            while (FindAlias(message, name, type) is { } alias && aliases++ < MaxAliases)
            {
                timeToLive = Shorter(timeToLive, TimeSpan.FromSeconds(alias.TimeToLive));
                name = ((NameData)alias.Data).Target;
            }

            DnsRecord[] records = [.. message.Answers.Where(
                record => record.Type == type && record.Name.Equals(name) && IsInternet(record))];
            if (records.Length > 0)
            {
                timeToLive = Shorter(timeToLive, TimeSpan.FromSeconds(records.Min(static record => record.TimeToLive)));
                return new DnsAnswer([.. records], [.. message.Additionals.Where(IsInternet)], timeToLive);
            }

            if ((aliases <= MaxAliases && name.Equals(asked)) || message.Flags.ResponseCode == DnsResponseCode.NameError)
            {
                DnsRecord? soa = message.Authorities.Find(static record => record.Data is SoaData);
                TimeSpan remembered = _negative.Add(question, soa is null ? null : (soa.TimeToLive, ((SoaData)soa.Data).Minimum));
                return new DnsAnswer([], [], Shorter(timeToLive, remembered));
            }
        }

        throw RegistryErrors.Unavailable(
            registry,
            $"look up {name}",
            $"it is the last of more than {MaxAliases} CNAME records, each leading to the next. Correct the zone.");
    }

    /// <summary>Closes what is open to servers.</summary>
    public void Dispose() => _tls?.Dispose();

    private async ValueTask<DnsMessage> AskServersAsync(DnsQuestion question, CancellationToken cancellationToken)
    {
        List<IPEndPoint> servers = GetServers();
        string?[] reasons = new string?[servers.Count];
        DnsRefusedException? refused = null;
        for (int i = 0; i < servers.Count * options.Attempts; i++)
        {
            IPEndPoint server = servers[i % servers.Count];

            // Who does not wait any longer is to know what is known.
            if (refused is not null && cancellationToken.IsCancellationRequested) break;
            string reason;
            try
            {
                DnsMessage message = await AskServerAsync(server, question, cancellationToken).ConfigureAwait(false);
                if (message.Flags.ResponseCode is DnsResponseCode.NoError or DnsResponseCode.NameError)
                {
                    Volatile.Write(ref _lastToAnswer, server);
                    return message;
                }

                reason = $"it answered {message.Flags.ResponseCode}";
            }
            catch (DnsRefusedException e)
            {
                // It says more than an earlier silence.
                refused = e;
                reason = e.Message;
                reasons[i % servers.Count] = null;
            }
            catch (Exception e) when (e is SocketException or DnsExchangeException)
            {
                reason = e.Message;
            }
            catch (OperationCanceledException) when (refused is not null || !cancellationToken.IsCancellationRequested)
            {
                reason = $"no answer within {options.AttemptTimeout.TotalSeconds:0.###} s";
            }

            DnsRegistryLog.NoAnswer(logger, server, $"{question.Name} {question.Type}", reason);
            reasons[i % servers.Count] ??= $"{server}: {reason}";
        }

        string all = string.Join("; ", reasons.Where(static reason => reason is not null));
        throw refused is not null
            ? RegistryErrors.Refused(registry, $"look up {question.Name}", refused.Refusal.IsKeyKnown, all)
            : RegistryErrors.Unavailable(
                registry,
                $"look up {question.Name}",
                $"no DNS server gave an answer ({all}). Check that they run, can be reached, and serve this name.");
    }

    private async ValueTask<DnsMessage> AskServerAsync(IPEndPoint server, DnsQuestion question, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(options.AttemptTimeout);
        DnsMessage message = await AskOnceAsync(server, question, withEdns: true, limited.Token).ConfigureAwait(false);

        // RFC 6891, 7: a server that does not know EDNS says so by one of these.
        return message.Flags.ResponseCode is DnsResponseCode.FormatError or DnsResponseCode.NotImplemented
            ? await AskOnceAsync(server, question, withEdns: false, limited.Token).ConfigureAwait(false)
            : message;
    }

    private async ValueTask<DnsMessage> AskOnceAsync(
        IPEndPoint server, DnsQuestion question, bool withEdns, CancellationToken cancellationToken)
    {
        if (_tls is not null)
        {
            return await _tls.AskAsync(server, () => CreateQuery(question, withEdns), cancellationToken).ConfigureAwait(false);
        }

        DnsQuery query = CreateQuery(question, withEdns);
        return await UdpExchange.AskAsync(server, query, logger, cancellationToken).ConfigureAwait(false)
            ?? await TcpExchange.AskAsync(server, query, cancellationToken).ConfigureAwait(false);
    }

    private DnsQuery CreateQuery(DnsQuestion question, bool withEdns) => new(question, withEdns, _key, options.TimeProvider);

    private List<IPEndPoint> GetServers()
    {
        List<IPEndPoint> servers;
        try
        {
            servers = [.. _servers.IsEmpty ? ResolverFile.ReadServers(options.ResolverFile, options.DefaultPort) : _servers];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw RegistryErrors.Unavailable(
                registry,
                "find out which DNS servers to ask",
                $"{options.ResolverFile} cannot be read ({e.Message}). Name the servers in the address.",
                e);
        }

        // A dead server costs an attempt's time once, not with each question.
        if (Volatile.Read(ref _lastToAnswer) is { } last && servers.Remove(last)) servers.Insert(0, last);
        return servers;
    }

    private static DnsRecord? FindAlias(DnsMessage message, DomainName name, DnsRecordType type) =>
        message.Answers.Exists(record => record.Type == type && record.Name.Equals(name))
            ? null
            : message.Answers.Find(record => record.Type == DnsRecordType.Cname && record.Name.Equals(name) && IsInternet(record));

    private static bool IsInternet(DnsRecord record) => record.Class == DnsRecord.InternetClass;

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
