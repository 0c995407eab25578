using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using SourceGen.Rpc.Dynamic;

namespace SourceGen.Rpc;

/// <summary>Calls by names that are known only at run time.</summary>
public sealed partial class RpcClient
{
    private DynamicRpcClient? _dynamic;

    private DynamicRpcClient Dynamic =>
        Volatile.Read(ref _dynamic) ?? Interlocked.CompareExchange(ref _dynamic, DynamicRpcClient.Over(this), null) ?? _dynamic;

    /// <summary>Prepares a call of a method by its name. Whether there is one, and whether the arguments fit, is found when it is sent.</summary>
    /// <param name="service">The service's name on the wire, such as <c>Shop.Greeter</c>.</param>
    /// <param name="method">The method's name on the wire: <c>Hello</c> for <c>HelloAsync</c>.</param>
    /// <param name="arguments">An object with the arguments by parameter name, or an array of them in order; undefined for none.</param>
    /// <exception cref="ArgumentException">A name is empty.</exception>
    public RpcRequest NewRequest(string service, string method, JsonElement arguments = default) => NewRequest(
        service,
        method,
        arguments.ValueKind == JsonValueKind.Undefined ? default(ReadOnlyMemory<byte>) : JsonMarshal.GetRawUtf8Value(arguments).ToArray());

    /// <summary>Prepares a call of a method by its name. Whether there is one, and whether the arguments fit, is found when it is sent.</summary>
    /// <param name="service">The service's name on the wire, such as <c>Shop.Greeter</c>.</param>
    /// <param name="method">The method's name on the wire: <c>Hello</c> for <c>HelloAsync</c>.</param>
    /// <param name="utf8Json">
    /// JSON in UTF-8: an object with the arguments by parameter name, or an array of them in order; empty for none. Not to be changed
    /// afterwards.
    /// </param>
    /// <exception cref="ArgumentException">A name is empty.</exception>
    public RpcRequest NewRequest(string service, string method, ReadOnlyMemory<byte> utf8Json) => new(service, method, utf8Json);

    /// <summary>Prepares a call of a method by its name. Whether there is one, and whether the arguments fit, is found when it is sent.</summary>
    /// <typeparam name="TArguments">A type whose members are the arguments by parameter name.</typeparam>
    /// <param name="service">The service's name on the wire, such as <c>Shop.Greeter</c>.</param>
    /// <param name="method">The method's name on the wire: <c>Hello</c> for <c>HelloAsync</c>.</param>
    /// <param name="arguments">The arguments; they become JSON now.</param>
    /// <param name="type">How they do, from a <see cref="System.Text.Json.Serialization.JsonSerializerContext"/>.</param>
    /// <exception cref="ArgumentException">A name is empty.</exception>
    public RpcRequest NewRequest<TArguments>(string service, string method, TArguments arguments, JsonTypeInfo<TArguments> type) =>
        new(service, method, JsonSerializer.SerializeToUtf8Bytes(arguments, type));

    /// <summary>Sends a request and waits for the result.</summary>
    /// <param name="request">What to call.</param>
    /// <param name="cancellationToken">Gives up the call; the server cancels its handler.</param>
    /// <returns>The result; JSON's null for a method without one.</returns>
    /// <exception cref="RpcException">
    /// <see cref="RpcStatusCode.Unimplemented"/>: there is no such service or method, and the message says which there are;
    /// <see cref="RpcStatusCode.InvalidArgument"/>: the arguments do not fit, and it says where, or the method's result is a stream.
    /// Otherwise the call failed, as with generated code.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async ValueTask<JsonElement> CallAsync(RpcRequest request, CancellationToken cancellationToken = default)
    {
        (_, ReadOnlyMemory<byte> json) = await CallForJsonAsync(request, cancellationToken).ConfigureAwait(false);
        return DynamicMethod.Parse(json);
    }

    /// <summary>Sends a request and waits for the result.</summary>
    /// <typeparam name="TResult">What the result is read as.</typeparam>
    /// <param name="request">What to call.</param>
    /// <param name="type">How JSON becomes one, from a <see cref="System.Text.Json.Serialization.JsonSerializerContext"/>.</param>
    /// <param name="cancellationToken">Gives up the call; the server cancels its handler.</param>
    /// <returns>The result; null, or what the type makes of JSON's null, for a method without one.</returns>
    /// <exception cref="RpcException">
    /// As with <see cref="CallAsync(RpcRequest, CancellationToken)"/>; or <see cref="RpcStatusCode.Internal"/>, with
    /// <see cref="RpcCallProgress.Answered"/>: the result is not a <typeparamref name="TResult"/>.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async ValueTask<TResult?> CallAsync<TResult>(
        RpcRequest request, JsonTypeInfo<TResult> type, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(type);
        (DynamicMethod method, ReadOnlyMemory<byte> json) = await CallForJsonAsync(request, cancellationToken).ConfigureAwait(false);
        return Read(method, json, type);
    }

    /// <summary>Sends a request to a method whose result is a stream. Each enumeration of what is returned is a call.</summary>
    /// <param name="request">What to call.</param>
    /// <param name="cancellationToken">Gives up the call; the server cancels its handler.</param>
    /// <returns>The items. What <see cref="CallAsync(RpcRequest, CancellationToken)"/> would throw, enumerating them does.</returns>
    public async IAsyncEnumerable<JsonElement> StreamAsync(
        RpcRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        DynamicMethod method = await GetMethodAsync(request, cancellationToken).ConfigureAwait(false);
        await foreach (ReadOnlyMemory<byte> json in method.StreamAsync(request.Arguments, request.Items, cancellationToken).ConfigureAwait(false))
            yield return DynamicMethod.Parse(json);
    }

    /// <summary>Sends a request to a method whose result is a stream. Each enumeration of what is returned is a call.</summary>
    /// <typeparam name="TItem">What the items are read as.</typeparam>
    /// <param name="request">What to call.</param>
    /// <param name="type">How JSON becomes one, from a <see cref="System.Text.Json.Serialization.JsonSerializerContext"/>.</param>
    /// <param name="cancellationToken">Gives up the call; the server cancels its handler.</param>
    /// <returns>
    /// The items. What <see cref="CallAsync{TResult}(RpcRequest, JsonTypeInfo{TResult}, CancellationToken)"/> would throw, enumerating them
    /// does.
    /// </returns>
    public async IAsyncEnumerable<TItem?> StreamAsync<TItem>(
        RpcRequest request, JsonTypeInfo<TItem> type, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(type);
        DynamicMethod method = await GetMethodAsync(request, cancellationToken).ConfigureAwait(false);
        await foreach (ReadOnlyMemory<byte> json in method.StreamAsync(request.Arguments, request.Items, cancellationToken).ConfigureAwait(false))
            yield return Read(method, json, type);
    }

    private static T? Read<T>(DynamicMethod method, ReadOnlyMemory<byte> json, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(json.Span, type);
        }
        catch (JsonException e)
        {
            throw new RpcException(
                RpcStatusCode.Internal, $"What {method.FullName} returned cannot be read as {type.Type.Name}: {e.Message}", e)
            {
                Progress = RpcCallProgress.Answered,
            };
        }
    }

    private async ValueTask<(DynamicMethod Method, ReadOnlyMemory<byte> Json)> CallForJsonAsync(
        RpcRequest request, CancellationToken cancellationToken)
    {
        DynamicMethod method = await GetMethodAsync(request, cancellationToken).ConfigureAwait(false);
        ValueTask<ReadOnlyMemory<byte>> call = request.Items is { } items
            ? method.CallAsync(request.Arguments, items, cancellationToken)
            : method.CallAsync(request.Arguments, cancellationToken);
        return (method, await call.ConfigureAwait(false));
    }

    private async ValueTask<DynamicMethod> GetMethodAsync(RpcRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return (await Dynamic.GetServiceAsync(request.Service, request.Version, cancellationToken).ConfigureAwait(false))
            .GetMethod(request.Method);
    }
}
