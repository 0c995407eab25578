using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text.Json;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Shared;

namespace SourceGen.Rpc.Registries.Consul.Protocol;

/// <summary>
/// The requests of Consul's HTTP API (https://developer.hashicorp.com/consul/api-docs) that a registry needs. Knows nothing of records.
/// Thread safe.
/// </summary>
internal sealed class ConsulClient(
    string address,
    ImmutableArray<RegistryEndpoint> endpoints,
    TlsFiles? tls,
    string? token,
    int maxInstances) : IDisposable
{
    private const string IndexHeader = "X-Consul-Index";

    private readonly RegistryHttpClient _http = new(address, endpoints, tls, IndexHeader);

    /// <summary>How many agents there are to ask.</summary>
    public int Agents => endpoints.Length;

    /// <summary>
    /// Whether the same request may well succeed at another agent or a moment later: servers elect a leader, an agent is ending.
    /// </summary>
    public static bool IsTransient(HttpReply reply) =>
        reply.Status == HttpStatusCode.TooManyRequests || ((int)reply.Status >= 500 && !IsUnknownCheck(reply));

    /// <summary>Gets a service that is registered at an agent.</summary>
    /// <param name="operation">What it is for.</param>
    /// <param name="id">The service's id.</param>
    /// <param name="endpoint">The number of the agent; null for any.</param>
    /// <returns>The service, null when there is none; and the number of the agent.</returns>
    public async ValueTask<(ConsulService? Service, int Endpoint)> FindLocalAsync(
        RegistryOperation operation, string id, int? endpoint = null)
    {
        HttpReply reply = await SendAsync(
            operation, HttpMethod.Get, $"/v1/agent/service/{Escape(id)}", default, endpoint).ConfigureAwait(false);
        if (reply.Status == HttpStatusCode.NotFound) return (null, reply.Endpoint);
        return (Read(operation, reply, ConsulService.Read), reply.Endpoint);
    }

    /// <summary>Registers a service at an agent, with its check, or replaces both.</summary>
    /// <returns>What the agent has against it; null when it took it.</returns>
    public async ValueTask<string?> RegisterAsync(RegistryOperation operation, ConsulService service, TimeSpan? timeToLive, int endpoint)
    {
        HttpReply reply = await SendAsync(
            operation,
            HttpMethod.Put,
            "/v1/agent/service/register?replace-existing-checks=true",
            service.ToJson(timeToLive),
            endpoint).ConfigureAwait(false);
        if (reply.Status is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge) return reply.Text;
        EnsureSuccess(operation, reply);
        return null;
    }

    /// <summary>Passes the check of a service, for as long as its time to live.</summary>
    /// <returns>Whether the agent knows the check.</returns>
    public async ValueTask<bool> PassAsync(RegistryOperation operation, ConsulService service, int endpoint)
    {
        HttpReply reply = await SendAsync(
            operation, HttpMethod.Put, $"/v1/agent/check/pass/{Escape(service.CheckId)}", default, endpoint).ConfigureAwait(false);
        if (reply.Status == HttpStatusCode.NotFound || IsUnknownCheck(reply)) return false;
        EnsureSuccess(operation, reply);
        return true;
    }

    /// <summary>Removes a service from an agent.</summary>
    public async ValueTask DeregisterAsync(RegistryOperation operation, string id, int endpoint)
    {
        HttpReply reply = await SendAsync(
            operation, HttpMethod.Put, $"/v1/agent/service/deregister/{Escape(id)}", default, endpoint).ConfigureAwait(false);
        if (reply.Status != HttpStatusCode.NotFound) EnsureSuccess(operation, reply);
    }

    /// <summary>Reads the services of a name whose checks, and whose agents' checks, are all passed.</summary>
    public ValueTask<ConsulResult<ImmutableArray<ConsulInstance>>> ReadPassingAsync(
        RegistryOperation operation, string name, ConsulQuery query) =>
        QueryAsync(operation, $"/v1/health/service/{Escape(name)}?passing=1{query.ToParameters()}", query, root =>
        {
            ImmutableArray<ConsulInstance> found =
                [.. ConsulJson.GetItems(root, "the answer").Take(maxInstances + 1).Select(ConsulInstance.Read)];
            return found.Length <= maxInstances ? found : throw TooMany(operation);
        });

    /// <summary>Reads the names of all services, each with the tags that any of them has.</summary>
    public ValueTask<ConsulResult<ImmutableSortedDictionary<string, string[]>>> ReadNamesAsync(
        RegistryOperation operation, ConsulQuery query) =>
        QueryAsync(operation, $"/v1/catalog/services?{query.ToParameters().TrimStart('&')}", query, static root =>
        {
            if (root.ValueKind != JsonValueKind.Object) throw new FormatException("it is no object");
            ImmutableSortedDictionary<string, string[]>.Builder names =
                ImmutableSortedDictionary.CreateBuilder<string, string[]>(StringComparer.Ordinal);
            foreach (JsonProperty property in root.EnumerateObject())
            {
                names[property.Name] = [.. ConsulJson.ReadTexts(property.Value, property.Name).Order(StringComparer.Ordinal)];
            }

            return names.ToImmutable();
        });

    /// <summary>Reads all checks that are not passed.</summary>
    public ValueTask<ConsulResult<ImmutableHashSet<ConsulCheck>>> ReadFailingAsync(RegistryOperation operation, ConsulQuery query) =>
        QueryAsync(
            operation,
            $"/v1/health/state/any?filter={Escape("Status != \"passing\"")}{query.ToParameters()}",
            query,
            static root => ConsulJson.GetItems(root, "the answer").Select(ConsulCheck.Read).ToImmutableHashSet());

    /// <summary>Where an agent is, for messages.</summary>
    public string Describe(int endpoint) => _http.Describe(endpoint);

    /// <summary>An agent turned out to be of no use: the next request begins with the one after it.</summary>
    public void Avoid(int endpoint) => _http.Avoid(endpoint);

    public void Dispose() => _http.Dispose();

    private static bool IsUnknownCheck(HttpReply reply) =>
        reply.Status == HttpStatusCode.InternalServerError
        && (reply.Text.Contains("does not have associated TTL", StringComparison.Ordinal)
            || reply.Text.Contains("nknown check", StringComparison.Ordinal)
            || reply.Text.Contains("nknown service", StringComparison.Ordinal));

    /// <summary>Names stand in paths, which agents unescape once.</summary>
    private static string Escape(string name) => Uri.EscapeDataString(name);

    private ValueTask<HttpReply> SendAsync(
        RegistryOperation operation, HttpMethod method, string path, ReadOnlyMemory<byte> body, int? endpoint)
    {
        HttpCall call = new(method, path) { Body = body, Header = token is null ? null : ("X-Consul-Token", token) };
        return endpoint is { } number ? _http.SendToAsync(operation, call, number) : _http.SendAsync(operation, call, IsTransient);
    }

    private async ValueTask<ConsulResult<T>> QueryAsync<T>(
        RegistryOperation operation, string path, ConsulQuery query, Func<JsonElement, T> read)
    {
        HttpReply reply = await SendAsync(operation, HttpMethod.Get, path, default, query.Endpoint).ConfigureAwait(false);
        T value = Read(operation, reply, read);
        // An index of 0 would ask for an answer at once, for ever.
        ulong index = ulong.TryParse(reply.Header, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
            ? Math.Max(1, number)
            : 1;
        return new ConsulResult<T>(value, index, reply.Endpoint);
    }

    private T Read<T>(RegistryOperation operation, HttpReply reply, Func<JsonElement, T> read)
    {
        EnsureSuccess(operation, reply);
        try
        {
            using JsonDocument document = JsonDocument.Parse(reply.Body);
            return read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            Avoid(reply.Endpoint);
            throw RegistryErrors.Unavailable(
                address, operation.What, $"what {Describe(reply.Endpoint)} answered is not what a Consul agent answers: {e.Message}", e);
        }
    }

    private void EnsureSuccess(RegistryOperation operation, HttpReply reply)
    {
        if (reply.IsSuccess) return;
        if (reply.Status is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized)
        {
            bool isKnown = reply.Status == HttpStatusCode.Forbidden && !reply.Text.Contains("ACL not found", StringComparison.Ordinal);
            string hint =
                token is null ? "the address names no token" : isKnown ? "the token's policies do not allow it" : "check the token";
            throw RegistryErrors.Refused(address, operation.What, isKnown, $"{reply.Text}; {hint}");
        }

        Avoid(reply.Endpoint);
        throw RegistryErrors.Unavailable(address, operation.What, $"{Describe(reply.Endpoint)} answered {reply}");
    }

    private RpcException TooMany(RegistryOperation operation) => RegistryErrors.Unavailable(
        address,
        operation.What,
        string.Create(
            CultureInfo.InvariantCulture, $"there are more than {maxInstances:N0} of it; raise {nameof(ConsulRegistryOptions.MaxNodes)}"));
}
