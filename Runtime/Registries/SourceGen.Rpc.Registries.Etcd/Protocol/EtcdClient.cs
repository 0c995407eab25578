using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Shared;

namespace SourceGen.Rpc.Registries.Etcd.Protocol;

/// <summary>
/// The requests of etcd's API v3 that a registry needs, over its JSON gateway (https://etcd.io/docs/v3.4/dev-guide/api_grpc_gateway/).
/// Knows nothing of services. Thread safe.
/// </summary>
internal sealed class EtcdClient : IDisposable
{
    private const int PageSize = 1_000;
    private const int MaxCompactions = 3;

    private readonly RegistryHttpClient _http;
    private readonly EtcdAuthentication _authentication;
    private readonly string _address;
    private readonly int _maxKeys;

    public EtcdClient(
        string address,
        ImmutableArray<RegistryEndpoint> endpoints,
        TlsFiles? tls,
        string? userName,
        string password,
        int maxKeys)
    {
        _address = address;
        _maxKeys = maxKeys;
        _http = new RegistryHttpClient(address, endpoints, tls);
        _authentication = new EtcdAuthentication(_http, userName, password, Fail);
    }

    /// <summary>
    /// Whether the same request may well succeed at another endpoint or a moment later: a leader is being elected, a server is ending.
    /// </summary>
    public static bool IsTransient(HttpReply reply) => (int)reply.Status >= 500 || reply.Status == HttpStatusCode.TooManyRequests;

    /// <summary>Makes a lease.</summary>
    /// <param name="operation">What it is for.</param>
    /// <param name="id">Its number, chosen here, so that a request that is sent twice makes one lease.</param>
    /// <param name="seconds">How long it lives without being renewed; etcd takes its own minimum when that is longer.</param>
    public async ValueTask<EtcdLease> GrantAsync(RegistryOperation operation, long id, long seconds)
    {
        byte[] body = EtcdJson.Write(writer =>
        {
            EtcdJson.WriteNumber(writer, "ID", id);
            EtcdJson.WriteNumber(writer, "TTL", seconds);
        });
        EtcdAnswer<EtcdLease> answer = await CallAsync(operation, "/v3/lease/grant", body, ReadLease).ConfigureAwait(false);
        if (answer.Error is { IsLeaseKnown: true }) return new EtcdLease(id, seconds);
        return answer.Result ?? throw Fail(operation, answer.Error!);
    }

    /// <summary>Renews a lease.</summary>
    /// <returns>Whether there is such a lease.</returns>
    public async ValueTask<bool> KeepAliveAsync(RegistryOperation operation, long id)
    {
        byte[] body = EtcdJson.Write(writer => EtcdJson.WriteNumber(writer, "ID", id));
        EtcdAnswer<EtcdLease> answer = await CallAsync(
            operation, "/v3/lease/keepalive", body, static root => ReadLease(EtcdJson.GetObject(root, "result"))).ConfigureAwait(false);
        if (answer.Error is { IsLeaseNotFound: true }) return false;
        return answer.Result is { } lease ? lease.TimeToLive > 0 : throw Fail(operation, answer.Error!);
    }

    /// <summary>Ends a lease, with all keys that hang on it. One that is not there is none.</summary>
    public async ValueTask RevokeAsync(RegistryOperation operation, long id)
    {
        byte[] body = EtcdJson.Write(writer => EtcdJson.WriteNumber(writer, "ID", id));
        EtcdAnswer<object> answer = await CallAsync(operation, "/v3/lease/revoke", body, static _ => new object()).ConfigureAwait(false);
        if (answer.Error is { IsLeaseNotFound: false }) throw Fail(operation, answer.Error);
    }

    /// <summary>Runs a transaction.</summary>
    /// <returns>What it did; the error when it puts under a lease that is not there, or is too large.</returns>
    public async ValueTask<EtcdAnswer<EtcdTransactionResult>> RunAsync(RegistryOperation operation, EtcdTransaction transaction)
    {
        EtcdAnswer<EtcdTransactionResult> answer =
            await CallAsync(operation, "/v3/kv/txn", transaction.ToJson(), ReadTransaction).ConfigureAwait(false);
        if (answer.Error is null or { IsLeaseNotFound: true } or { IsTooLarge: true }) return answer;
        throw Fail(operation, answer.Error);
    }

    /// <summary>Reads all that stands under a prefix, as of one revision.</summary>
    public async ValueTask<EtcdRange> LoadAsync(RegistryOperation operation, string prefix)
    {
        for (int compactions = 0; ; compactions++)
        {
            ImmutableArray<EtcdKeyValue>.Builder items = ImmutableArray.CreateBuilder<EtcdKeyValue>();
            byte[] from = Encoding.UTF8.GetBytes(prefix);
            long revision = 0;
            while (true)
            {
                EtcdAnswer<Page> answer = await ReadPageAsync(operation, from, prefix, revision).ConfigureAwait(false);
                if (answer.Error is { IsCompacted: true } && compactions < MaxCompactions) break;
                Page page = answer.Result ?? throw Fail(operation, answer.Error!);
                items.AddRange(page.Items);
                if (items.Count > _maxKeys) throw TooMany(operation, prefix);
                if (revision == 0) revision = page.Revision;
                if (!page.HasMore || page.Items.IsEmpty) return new EtcdRange(revision, items.ToImmutable(), answer.Endpoint);
                from = [.. page.Items[^1].RawKey, 0];
            }
        }
    }

    /// <summary>
    /// Asks one endpoint for something that it can answer only with a leader: whether it is alive and part of its cluster.
    /// </summary>
    /// <exception cref="RpcException">It is not.</exception>
    public async ValueTask ProbeAsync(RegistryOperation operation, string prefix, int endpoint)
    {
        byte[] body = EtcdJson.Write(writer =>
        {
            EtcdJson.WriteKey(writer, "key", prefix);
            writer.WriteBoolean("count_only", true);
        });
        EtcdAnswer<object> answer =
            await CallAsync(operation, "/v3/kv/range", body, static _ => new object(), endpoint).ConfigureAwait(false);
        if (answer.Error is not null) throw Fail(operation, answer.Error);
    }

    /// <summary>Follows all that happens under a prefix from a revision on.</summary>
    /// <param name="operation">How long it may take until the server has agreed.</param>
    /// <param name="prefix">The prefix.</param>
    /// <param name="from">The first revision that is of interest.</param>
    /// <param name="endpoint">The number of the endpoint: the one whose answer that revision comes from.</param>
    public async ValueTask<EtcdWatch> WatchAsync(RegistryOperation operation, string prefix, long from, int endpoint)
    {
        byte[] body = EtcdJson.Write(writer =>
        {
            writer.WriteStartObject("create_request");
            EtcdJson.WriteKey(writer, "key", prefix);
            EtcdJson.WriteKey(writer, "range_end", EndOf(prefix));
            EtcdJson.WriteNumber(writer, "start_revision", from);
            writer.WriteBoolean("progress_notify", true);
            writer.WriteBoolean("fragment", true);
            writer.WriteEndObject();
        });
        for (bool isRenewed = false; ; isRenewed = true)
        {
            string? token = await _authentication.GetTokenAsync(operation).ConfigureAwait(false);
            HttpCall call = WithToken(new HttpCall(HttpMethod.Post, "/v3/watch") { Body = body }, token);
            EtcdWatch watch = await EtcdWatch.OpenAsync(this, _http, operation, call, endpoint).ConfigureAwait(false);
            if (watch.Refusal is not { } refusal) return watch;
            watch.Dispose();
            // 3.4 says "permission denied" of a token that it does not know, too.
            if (!_authentication.HasCredentials || isRenewed || !(refusal.IsTokenStale || refusal.IsPermissionDenied))
            {
                throw Fail(operation, refusal);
            }
            _authentication.Drop(token);
        }
    }

    /// <summary>The exception for an error that nothing can be done about.</summary>
    public RpcException Fail(RegistryOperation operation, EtcdError error)
    {
        if (error.IsPermissionDenied) return RegistryErrors.Refused(_address, operation.What, isKnown: true, error.Message);
        if (!error.IsUnauthenticated) return RegistryErrors.Unavailable(_address, operation.What, error.Message);
        string hint = _authentication.HasCredentials ? "check user and password" : "the address names no user and password";
        return RegistryErrors.Refused(_address, operation.What, isKnown: false, $"{error.Message}; {hint}");
    }

    /// <summary>The exception for an endpoint that broke off or said something that it should not.</summary>
    public RpcException Lost(string what, int endpoint, string reason, Exception? cause = null)
    {
        _http.Avoid(endpoint);
        return RegistryErrors.Unavailable(_address, what, $"{_http.Describe(endpoint)}: {reason}", cause);
    }

    public void Dispose()
    {
        _http.Dispose();
        _authentication.Dispose();
    }

    private static EtcdLease ReadLease(JsonElement root) => new(EtcdJson.GetNumber(root, "ID"), EtcdJson.GetNumber(root, "TTL"));

    private static EtcdTransactionResult ReadTransaction(JsonElement root)
    {
        long deleted = 0;
        ImmutableArray<EtcdKeyValue>.Builder read = ImmutableArray.CreateBuilder<EtcdKeyValue>();
        foreach (JsonElement response in EtcdJson.GetObjects(root, "responses"))
        {
            deleted += EtcdJson.GetNumber(EtcdJson.GetObject(response, "response_delete_range"), "deleted");
            read.AddRange(EtcdJson.GetObjects(EtcdJson.GetObject(response, "response_range"), "kvs").Select(EtcdKeyValue.Read));
        }

        return new EtcdTransactionResult(EtcdJson.GetFlag(root, "succeeded"), EtcdJson.GetRevision(root), deleted, read.ToImmutable());
    }

    /// <summary>
    /// The end of the range of all keys with a prefix: the prefix with its last byte one higher, which here is always a character.
    /// </summary>
    private static string EndOf(string prefix) => $"{prefix[..^1]}{(char)(prefix[^1] + 1)}";

    private static HttpCall WithToken(HttpCall call, string? token) =>
        token is null ? call : call with { Header = ("Authorization", token) };

    private ValueTask<EtcdAnswer<Page>> ReadPageAsync(RegistryOperation operation, byte[] from, string prefix, long revision)
    {
        byte[] body = EtcdJson.Write(writer =>
        {
            writer.WriteBase64String("key", from);
            EtcdJson.WriteKey(writer, "range_end", EndOf(prefix));
            EtcdJson.WriteNumber(writer, "limit", PageSize);
            EtcdJson.WriteNumber(writer, "revision", revision);
        });
        return CallAsync(operation, "/v3/kv/range", body, static root => new Page(
            EtcdJson.GetRevision(root),
            [.. EtcdJson.GetObjects(root, "kvs").Select(EtcdKeyValue.Read)],
            EtcdJson.GetFlag(root, "more")));
    }

    private async ValueTask<EtcdAnswer<T>> CallAsync<T>(
        RegistryOperation operation, string path, byte[] body, Func<JsonElement, T> read, int? endpoint = null)
        where T : class
    {
        for (bool isRenewed = false; ; isRenewed = true)
        {
            string? token = await _authentication.GetTokenAsync(operation).ConfigureAwait(false);
            HttpCall call = WithToken(new HttpCall(HttpMethod.Post, path) { Body = body }, token);
            HttpReply reply = endpoint is { } number
                ? await _http.SendToAsync(operation, call, number).ConfigureAwait(false)
                : await _http.SendAsync(operation, call, IsTransient).ConfigureAwait(false);
            if (reply.IsSuccess) return new EtcdAnswer<T>(Read(operation, path, reply, read), null, reply.Endpoint);
            EtcdError error = EtcdError.Read(reply);
            if (!_authentication.HasCredentials || isRenewed || !error.IsTokenStale) return new EtcdAnswer<T>(null, error, reply.Endpoint);
            _authentication.Drop(token);
        }
    }

    private T Read<T>(RegistryOperation operation, string path, HttpReply reply, Func<JsonElement, T> read)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(reply.Body);
            return read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            throw Lost(operation.What, reply.Endpoint, $"what it answered to {path} is not what an etcd answers: {e.Message}", e);
        }
    }

    private RpcException TooMany(RegistryOperation operation, string prefix) => RegistryErrors.Unavailable(
        _address,
        operation.What,
        string.Create(
            CultureInfo.InvariantCulture,
            $"there are more than {_maxKeys:N0} keys under {prefix}; "
            + $"use a prefix of your own, or raise {nameof(EtcdRegistryOptions.MaxNodes)}"));

    private sealed record Page(long Revision, ImmutableArray<EtcdKeyValue> Items, bool HasMore);
}
