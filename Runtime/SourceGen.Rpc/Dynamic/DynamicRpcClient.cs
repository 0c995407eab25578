using System.Collections.Concurrent;
using System.Text.Json;
using SourceGen.Rpc.BuiltIn;
using SourceGen.Rpc.Client;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Contracts;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Dynamic;

/// <summary>
/// Calls any method of any server from JSON arguments and returns JSON, without generated code: what the methods look like the server
/// tells. The base of command lines, dashboards and gateways, and of <see cref="RpcClient.NewRequest(string, string, JsonElement)"/>. Thread
/// safe; one client serves a whole process.
/// </summary>
/// <remarks>
/// Contracts come from the server's <c>rpc.Describe</c>, which also knows time limits, or, where that is switched off, through the wire
/// protocol's own description. The connection's codec must be MessagePack, or one that wraps it.
/// </remarks>
public sealed class DynamicRpcClient : IAsyncDisposable
{
    /// <summary>JSON is longer than MessagePack: <c>false</c> is five bytes for one, an escaped character six.</summary>
    private const int JsonFactor = 8;

    /// <summary>The most contracts that are remembered; servers could go on making up new ones.</summary>
    private const int MaxRemembered = 1024;

    private readonly RpcClient _client;
    private readonly bool _ownsClient;
    private readonly DynamicRpcOptions _options;
    private readonly ConcurrentDictionary<(string Name, string Version, ulong Fingerprint), DynamicService> _services = new();

    private DynamicRpcClient(RpcClient client, bool ownsClient, DynamicRpcOptions? options)
    {
        _client = client;
        _ownsClient = ownsClient;
        _options = options ?? new DynamicRpcOptions();
    }

    /// <summary>The server's address; null for a client that finds servers in a directory.</summary>
    public RpcAddress? Address => _client.Address;

    /// <summary>Creates a client and connects, in one attempt.</summary>
    /// <param name="address">The server's address, such as <c>tcp://127.0.0.1:5000</c>.</param>
    /// <param name="clientOptions">How it connects and calls; null for the defaults.</param>
    /// <param name="options">How it treats JSON; null for the defaults.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException">The server cannot be reached, or is not one.</exception>
    /// <exception cref="FormatException">The address is not one.</exception>
    /// <exception cref="NotSupportedException">No transport serves the address.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static async ValueTask<DynamicRpcClient> ConnectAsync(
        string address,
        RpcClientOptions? clientOptions = null,
        DynamicRpcOptions? options = null,
        CancellationToken cancellationToken = default) =>
        new(await RpcClient.ConnectAsync(address, clientOptions, cancellationToken).ConfigureAwait(false), ownsClient: true, options);

    /// <summary>Creates a client that calls over the connection of another one, which stays its owner's to dispose of.</summary>
    /// <param name="client">The other client.</param>
    /// <param name="options">How it treats JSON; null for the defaults.</param>
    public static DynamicRpcClient Over(RpcClient client, DynamicRpcOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        return new DynamicRpcClient(client, ownsClient: false, options);
    }

    /// <summary>Lists the services that the server offers, built-in ones too.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException">There is no connection.</exception>
    /// <exception cref="InvalidOperationException">The client finds its servers in a directory, and has no single one.</exception>
    public async ValueTask<IReadOnlyList<ServiceSummary>> ListServicesAsync(CancellationToken cancellationToken = default)
    {
        ClientChannel channel = _client.Channel;
        RpcConnection connection = await channel.GetConnectionAsync(
            "The list of services", channel.CallTimeoutMs, channel.CallTimeoutMs, cancellationToken).ConfigureAwait(false);
        return [.. connection.Peer.Services.Select(static service =>
            new ServiceSummary(service.Name, service.Version, service.Fingerprint, service.MethodCount))];
    }

    /// <summary>Gets a service, with its methods. What was asked for once is kept until the server's contract changes.</summary>
    /// <param name="service">Its name on the wire, such as <c>Shop.Greeter</c>.</param>
    /// <param name="version">Its version label; null takes the service without one, or else the first of that name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException">
    /// <see cref="RpcStatusCode.Unimplemented"/>: the server has no such service, or the connection's codec cannot carry JSON's values;
    /// or there is no connection; or the server's description cannot be read.
    /// </exception>
    public async ValueTask<DynamicService> GetServiceAsync(
        string service, string? version = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(service);
        (ClientChannel channel, RpcConnection connection) = await _client.Servers.GetConnectionAsync(
            service, version ?? "", $"The description of {NameList.Shorten(service)}", cancellationToken).ConfigureAwait(false);
        OfferedService offered = Find(connection, service, version);
        (string, string, ulong) key = (offered.Name, offered.Version, offered.Fingerprint);
        if (_services.TryGetValue(key, out DynamicService? known)) return known;
        DynamicService described = await DescribeAsync(channel, connection, offered, cancellationToken).ConfigureAwait(false);
        if (_services.Count >= MaxRemembered) _services.Clear();
        return _services.GetOrAdd(key, described);
    }

    /// <summary>Calls a method.</summary>
    /// <param name="service">The service's name on the wire.</param>
    /// <param name="method">The method's name on the wire.</param>
    /// <param name="arguments">
    /// JSON in UTF-8: an object with the arguments by parameter name, or an array of them in order; empty for none.
    /// </param>
    /// <param name="cancellationToken">Gives up the call; the server cancels its handler.</param>
    /// <returns>The result as JSON in UTF-8; <c>null</c> for a method without one.</returns>
    /// <exception cref="RpcException">There is no such method, the arguments do not fit it, or the call failed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> CallAsync(
        string service, string method, ReadOnlyMemory<byte> arguments, CancellationToken cancellationToken = default)
    {
        DynamicMethod found = await GetMethodAsync(service, method, cancellationToken).ConfigureAwait(false);
        return await found.CallAsync(arguments, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Calls a method.</summary>
    /// <param name="service">The service's name on the wire.</param>
    /// <param name="method">The method's name on the wire.</param>
    /// <param name="arguments">An object with the arguments by parameter name, or an array of them in order; undefined for none.</param>
    /// <param name="cancellationToken">Gives up the call; the server cancels its handler.</param>
    /// <returns>The result; JSON's null for a method without one.</returns>
    /// <exception cref="RpcException">There is no such method, the arguments do not fit it, or the call failed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async ValueTask<JsonElement> CallAsync(
        string service, string method, JsonElement arguments, CancellationToken cancellationToken = default)
    {
        DynamicMethod found = await GetMethodAsync(service, method, cancellationToken).ConfigureAwait(false);
        return await found.CallAsync(arguments, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Closes the connection, unless it is another client's.</summary>
    public ValueTask DisposeAsync() => _ownsClient ? _client.DisposeAsync() : default;

    private static OfferedService Find(RpcConnection connection, string name, string? version)
    {
        OfferedService? found = null;
        foreach (OfferedService service in connection.Peer.Services)
        {
            if (service.Name != name) continue;
            if (service.Version == (version ?? "")) return service;
            if (version is null) found ??= service;
        }

        if (found is not null) return found;
        string wanted = version is null
            ? $"'{NameList.Shorten(name)}'"
            : $"'{NameList.Shorten(name)}' version '{NameList.Shorten(version)}'";
        IEnumerable<string> names = connection.Peer.Services.Select(static service =>
            service.Version.Length == 0 ? service.Name : $"{service.Name} version '{service.Version}'");
        throw new RpcException(
            RpcStatusCode.Unimplemented, $"The server at {connection.RemoteAddress} has no service {wanted}; it has {NameList.Of(names)}.")
        {
            Progress = RpcCallProgress.NotSent,
        };
    }

    private async ValueTask<DynamicMethod> GetMethodAsync(string service, string method, CancellationToken cancellationToken) =>
        (await GetServiceAsync(service, version: null, cancellationToken).ConfigureAwait(false)).GetMethod(method);

    private async Task<DynamicService> DescribeAsync(
        ClientChannel channel, RpcConnection connection, OfferedService offered, CancellationToken cancellationToken)
    {
        CheckCodec(connection);
        (string text, List<MethodDescription>? methods) = await FetchAsync(channel, connection, offered, cancellationToken).ConfigureAwait(false);
        ContractSchema schema;
        try
        {
            schema = ContractSchema.Parse(text);
        }
        catch (FormatException e)
        {
            throw Failed(
                RpcStatusCode.Internal,
                $"The description of {offered.Name} from {connection.RemoteAddress} cannot be read: {e.Message}",
                e);
        }

        if (schema.Methods.Length != offered.MethodCount)
        {
            throw Failed(
                RpcStatusCode.Internal,
                $"{connection.RemoteAddress} announced {offered.MethodCount} methods of {offered.Name} "
                + $"and described {schema.Methods.Length}.");
        }

        RpcLimits limits = channel.Limits;
        int maxJsonSize = (int)Math.Min(Array.MaxLength, (long)limits.MaxMessageSize * JsonFactor);
        RpcContract<DynamicTarget> contract = DynamicContract.Create(
            offered.Name, offered.Version, offered.Fingerprint, text, schema, methods, maxJsonSize);
        return new DynamicService(_client.Servers.GetChannel(contract), contract, schema, _options, limits.MaxMessageSize);
    }

    private static async Task<(string Schema, List<MethodDescription>? Methods)> FetchAsync(
        ClientChannel channel, RpcConnection connection, OfferedService offered, CancellationToken cancellationToken)
    {
        if (connection.Peer.Services.Any(static service => service is { Name: "rpc.Describe", Version: "" }))
        {
            try
            {
                ServiceDescription description = await Over<IDescribe>(channel)
                    .GetAsync(offered.Name, offered.Version, cancellationToken).ConfigureAwait(false);
                if (description.Fingerprint == offered.Fingerprint) return (description.Schema, description.Methods);
            }
            catch (RpcException e) when (e.Code is RpcStatusCode.Unimplemented or RpcStatusCode.NotFound)
            {
                // Another service of that name, or a later version of it. The protocol's own description does for the call.
            }
        }

        if (offered.MethodCount == 0) return (new ContractSchema(offered.Name, [], []).ToString(), null); // Nothing to ask by.
        return (await connection.Contracts.FetchSchemaAsync(offered).WaitAsync(cancellationToken).ConfigureAwait(false), null);
    }

    private static TService Over<TService>(ClientChannel channel)
        where TService : class, IRpcContract<TService> => TService.Contract.CreateProxy(channel);

    /// <summary>The methods' values are MessagePack; a codec that looks into types cannot do anything with them.</summary>
    private static void CheckCodec(RpcConnection connection)
    {
        try
        {
            connection.Codec.GetSerializer(DynamicContract.Arguments);
        }
        catch (NotSupportedException e)
        {
            throw Failed(
                RpcStatusCode.Unimplemented,
                $"The connection to {connection.RemoteAddress} has the codec '{connection.Codec.Name}', "
                + "and the generic client needs 'msgpack'. Put MessagePackCodec.Instance first in the client's Codecs; "
                + "the server must have it too.",
                e);
        }
    }

    private static RpcException Failed(RpcStatusCode code, string detail, Exception? cause = null) =>
        new(code, detail, cause) { Progress = RpcCallProgress.NotSent };
}
