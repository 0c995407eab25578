using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SourceGen.Rpc.Discovery;

/// <summary>
/// From records to URLs and back. A URL says one node; of endpoints it has the names alone, and metadata of the record stands in it as
/// <c>service.{name}</c>, beside the node's own.
/// </summary>
public static class ServiceUrlConversion
{
    private const string RecordPrefix = "service.";

    /// <summary>The URL of one node of a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="node">The node.</param>
    /// <param name="options">How it is registered; null for <see cref="RegisterOptions.Default"/>.</param>
    public static ServiceUrl ToUrl(this ServiceRecord record, ServiceNode node, RegisterOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(node);
        Dictionary<string, string> parameters = new(node.Metadata, StringComparer.Ordinal);
        foreach ((string name, string value) in record.Metadata)
        {
            if (name != ServiceMetadataKeys.Group) parameters[RecordPrefix + name] = value;
        }

        parameters[ServiceUrlParameters.Interface] = record.Name;
        if (record.Group.Length > 0) parameters[ServiceUrlParameters.Group] = record.Group;
        if (record.Version.Length > 0) parameters[ServiceUrlParameters.Version] = record.Version;
        if (!record.Endpoints.IsEmpty)
        {
            parameters[ServiceUrlParameters.Methods] = string.Join(',', record.Endpoints.Select(static endpoint => endpoint.Name));
        }

        if (options is { IsPersistent: true }) parameters[ServiceUrlParameters.Dynamic] = "false";
        ServiceUrl url = ToUrl(node.Address, record.Name, parameters);
        ServiceUrl plain = url with { Parameters = ServiceMetadata.Create(parameters) };
        return node.Id == IdOf(plain) ? plain : plain.With(ServiceUrlParameters.Id, node.Id);
    }

    /// <summary>The record, with its one node, of a URL.</summary>
    /// <param name="url">The URL of a server.</param>
    public static ServiceRecord ToRecord(this ServiceUrl url)
    {
        ArgumentNullException.ThrowIfNull(url);
        Dictionary<string, string> ofRecord = new(StringComparer.Ordinal);
        Dictionary<string, string> ofNode = new(StringComparer.Ordinal);
        foreach ((string name, string value) in url.Parameters)
        {
            if (name.StartsWith(RecordPrefix, StringComparison.Ordinal)) ofRecord[name[RecordPrefix.Length..]] = value;
            else if (!IsStructural(name)) ofNode[name] = value;
        }

        if (url.Group.Length > 0) ofRecord[ServiceMetadataKeys.Group] = url.Group;
        string address = url.Parameters.GetValueOrDefault(ServiceUrlParameters.Address, HostAddress(url));
        string id = url.Parameters.TryGetValue(ServiceUrlParameters.Id, out string? given) ? given : IdOf(url);
        return new ServiceRecord(url.ServiceName, url.Version)
        {
            Metadata = ServiceMetadata.Create(ofRecord),
            Endpoints = EndpointsOf(url),
            Nodes = [new ServiceNode(id, address) { Metadata = ServiceMetadata.Create(ofNode) }],
        };
    }

    /// <summary>Registers a URL: its record with its one node. Another parameter makes another node, also at the same address.</summary>
    /// <param name="registrar">Where.</param>
    /// <param name="url">The URL; with <c>dynamic=false</c> it is registered persistently.</param>
    /// <param name="timeToLive">How long it lives; null for the default.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException">As for <see cref="IServiceRegistrar.RegisterAsync"/>.</exception>
    public static ValueTask RegisterAsync(
        this IServiceRegistrar registrar, ServiceUrl url, TimeSpan? timeToLive = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(registrar);
        ArgumentNullException.ThrowIfNull(url);
        return registrar.RegisterAsync(url.ToRecord(), OptionsOf(url, timeToLive), cancellationToken);
    }

    /// <summary>Deregisters exactly this URL.</summary>
    /// <param name="registrar">Where.</param>
    /// <param name="url">The URL, with the parameters that it was registered with.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">It has <c>dynamic=false</c> and is not registered.</exception>
    /// <exception cref="RpcException">As for <see cref="IServiceRegistrar.DeregisterAsync"/>.</exception>
    public static ValueTask DeregisterAsync(this IServiceRegistrar registrar, ServiceUrl url, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(registrar);
        ArgumentNullException.ThrowIfNull(url);
        return registrar.DeregisterAsync(url.ToRecord(), OptionsOf(url, timeToLive: null), cancellationToken);
    }

    private static RegisterOptions OptionsOf(ServiceUrl url, TimeSpan? timeToLive) => new()
    {
        IsPersistent = !url.IsDynamic,
        TimeToLive = timeToLive ?? RegisterOptions.Default.TimeToLive,
    };

    private static ServiceUrl ToUrl(string address, string service, Dictionary<string, string> parameters)
    {
        string text = address.Contains("://", StringComparison.Ordinal) ? address : $"tcp://{address}";
        try
        {
            ServiceUrl url = ServiceUrl.Parse(text);
            if (url.Port > 0 && HostAddress(url) == address) return url with { Path = service };
        }
        catch (FormatException)
        {
            // An address of another form, which then stands in a parameter.
        }

        parameters[ServiceUrlParameters.Address] = address;
        return new ServiceUrl(RpcAddress.TryParse(text, out RpcAddress? parsed) ? parsed.Scheme : "tcp", "localhost", 0, service);
    }

    private static string HostAddress(ServiceUrl url)
    {
        string host = url.Host.Contains(':') ? $"[{url.Host}]" : url.Host;
        return url.Port > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{url.Scheme}://{host}:{url.Port}")
            : $"{url.Scheme}://{host}";
    }

    private static bool IsStructural(string name) => name
        is ServiceUrlParameters.Interface
        or ServiceUrlParameters.Group
        or ServiceUrlParameters.Version
        or ServiceUrlParameters.Methods
        or ServiceUrlParameters.Dynamic
        or ServiceUrlParameters.Id
        or ServiceUrlParameters.Address;

    private static ImmutableArray<ServiceEndpoint> EndpointsOf(ServiceUrl url) =>
        url.Parameters.TryGetValue(ServiceUrlParameters.Methods, out string? methods)
            ? [.. methods.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(static name => new ServiceEndpoint(name))]
            : [];

    /// <summary>An id that is another one when anything in the URL is.</summary>
    private static string IdOf(ServiceUrl url)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(url.ToString()));
        return Convert.ToHexStringLower(hash.AsSpan(0, 10));
    }
}
