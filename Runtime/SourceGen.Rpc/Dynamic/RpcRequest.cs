using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace SourceGen.Rpc;

/// <summary>
/// A call by names that are known only at run time: which method, and with which arguments. It is immutable and can be sent more than once;
/// <see cref="RpcClient.CallAsync(RpcRequest, CancellationToken)"/> and <see cref="RpcClient.StreamAsync(RpcRequest, CancellationToken)"/>
/// do so.
/// </summary>
/// <remarks>Arguments, items and results are JSON; docs/generic-client.md says what each type looks like.</remarks>
public sealed class RpcRequest
{
    internal RpcRequest(string service, string method, ReadOnlyMemory<byte> arguments)
    {
        ArgumentException.ThrowIfNullOrEmpty(service);
        ArgumentException.ThrowIfNullOrEmpty(method);
        Service = service;
        Method = method;
        Arguments = arguments;
    }

    /// <summary>The service's name on the wire, such as <c>Shop.Greeter</c>.</summary>
    public string Service { get; }

    /// <summary>The method's name on the wire: <c>Hello</c> for <c>HelloAsync</c>.</summary>
    public string Method { get; }

    /// <summary>
    /// The service's version label. Null, the default, takes the service without one, or else the first of that name that the server has.
    /// </summary>
    public string? Version { get; private init; }

    /// <summary>The arguments as JSON in UTF-8: an object by parameter name, or an array in order; empty for none.</summary>
    public ReadOnlyMemory<byte> Arguments { get; }

    /// <summary>The items of the stream that the method takes; null when it takes none.</summary>
    public IAsyncEnumerable<JsonElement>? Items { get; private init; }

    /// <summary>The same request for one version of the service.</summary>
    /// <param name="version">The version label; null for whichever there is.</param>
    public RpcRequest WithVersion(string? version) => new(Service, Method, Arguments) { Version = version, Items = Items };

    /// <summary>The same request with the items of the stream that the method takes.</summary>
    /// <param name="items">The items; enumerated once each time the request is sent.</param>
    public RpcRequest WithItems(IAsyncEnumerable<JsonElement> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return new RpcRequest(Service, Method, Arguments) { Version = Version, Items = items };
    }

    /// <summary>The same request with the items of the stream that the method takes.</summary>
    /// <param name="items">The items; enumerated once each time the request is sent.</param>
    /// <param name="type">How an item becomes JSON, from a <see cref="System.Text.Json.Serialization.JsonSerializerContext"/>.</param>
    public RpcRequest WithItems<TItem>(IAsyncEnumerable<TItem> items, JsonTypeInfo<TItem> type)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(type);
        return WithItems(ToJsonAsync(items, type, CancellationToken.None));
    }

    /// <summary>Service and method.</summary>
    public override string ToString() => $"{Service}/{Method}";

    private static async IAsyncEnumerable<JsonElement> ToJsonAsync<TItem>(
        IAsyncEnumerable<TItem> items, JsonTypeInfo<TItem> type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (TItem item in items.WithCancellation(cancellationToken).ConfigureAwait(false))
            yield return JsonSerializer.SerializeToElement(item, type);
    }
}
