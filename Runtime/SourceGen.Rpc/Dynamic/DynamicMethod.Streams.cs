using System.Runtime.CompilerServices;
using System.Text.Json;
using SourceGen.Rpc.Dynamic.Transcoding;

namespace SourceGen.Rpc.Dynamic;

/// <summary>Calls of methods with streams, whose items are JSON too.</summary>
public sealed partial class DynamicMethod
{
    /// <summary>Whether its result is a stream, so that <see cref="StreamAsync"/> calls it.</summary>
    public bool ReturnsStream => _download is not null || _duplex is not null;

    /// <summary>Whether it takes a stream, whose items are given beside the arguments.</summary>
    public bool TakesStream => _stream is not null;

    /// <summary>Calls a method that takes a stream and whose result is none.</summary>
    /// <param name="arguments">
    /// The other arguments, as in <see cref="CallAsync(ReadOnlyMemory{byte}, CancellationToken)"/>; the stream's parameter is not one of
    /// them, by name as by position.
    /// </param>
    /// <param name="items">The items to send.</param>
    /// <param name="cancellationToken">Gives up the call; the server cancels its handler.</param>
    /// <returns>The result as JSON in UTF-8; <c>null</c> for a method without one.</returns>
    /// <exception cref="RpcException">
    /// The arguments or an item do not fit, the method takes no stream or gives one, or the call failed.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> CallAsync(
        ReadOnlyMemory<byte> arguments, IAsyncEnumerable<JsonElement> items, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        if (_upload is null && _uploadAction is null) throw WrongKind();
        EncodedArguments encoded = Encode(arguments);
        IAsyncEnumerable<EncodedItem> encodedItems = EncodeAsync(items, CancellationToken.None);
        if (_upload is not null) return await _upload.InvokeAsync(encoded, encodedItems, cancellationToken).ConfigureAwait(false);
        await _uploadAction!.InvokeAsync(encoded, encodedItems, cancellationToken).ConfigureAwait(false);
        return s_null;
    }

    /// <summary>
    /// Calls a method whose result is a stream. Nothing happens until the result is enumerated, and each enumeration is a call; what is
    /// wrong with the arguments is said at once.
    /// </summary>
    /// <param name="arguments">
    /// The arguments, as in <see cref="CallAsync(ReadOnlyMemory{byte}, CancellationToken)"/>; without the stream, if it takes one.
    /// </param>
    /// <param name="items">The items to send to a method that takes a stream; null for one that takes none.</param>
    /// <param name="cancellationToken">Gives up the call; the server cancels its handler.</param>
    /// <returns>The items, each as JSON in UTF-8.</returns>
    /// <exception cref="RpcException">The arguments do not fit, or the method has other streams.</exception>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> StreamAsync(
        ReadOnlyMemory<byte> arguments, IAsyncEnumerable<JsonElement>? items = null, CancellationToken cancellationToken = default)
    {
        if (!ReturnsStream || TakesStream != items is not null) throw WrongKind();
        EncodedArguments encoded = Encode(arguments);
        return _download is not null
            ? _download.Invoke(encoded, cancellationToken)
            : _duplex!.Invoke(encoded, EncodeAsync(items!, CancellationToken.None), cancellationToken);
    }

    private async IAsyncEnumerable<EncodedItem> EncodeAsync(
        IAsyncEnumerable<JsonElement> items, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long index = 0;
        await foreach (JsonElement item in items.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            yield return EncodeItem(item, index);
            index++;
        }
    }

    private EncodedItem EncodeItem(JsonElement item, long index)
    {
        try
        {
            ReadOnlyMemory<byte> json = Utf8Of(item);
            return new EncodedItem(CreateWriter(json.Length).WriteValue(_stream!.Type.Arguments[0], item));
        }
        catch (Exception e) when (e is TranscodingException or RpcSerializationException or InvalidOperationException)
        {
            // An element without a value is an InvalidOperationException.
            throw new RpcException(
                RpcStatusCode.InvalidArgument, $"Item {index:N0} of '{_stream!.Name}' does not fit {FullName}: {e.Message}", e);
        }
    }

    /// <summary>The method is not of the kind that it was called as; the message says how it is called.</summary>
    private RpcException WrongKind()
    {
        string how = (TakesStream, ReturnsStream) switch
        {
            (false, false) => "it has no stream; call it with CallAsync and without items",
            (true, false) => $"it takes the stream '{_stream!.Name}'; call it with CallAsync and with items",
            (false, true) => "its result is a stream; call it with StreamAsync and without items",
            (true, true) => $"it takes the stream '{_stream!.Name}' and its result is one; call it with StreamAsync and with items",
        };
        return new RpcException(RpcStatusCode.InvalidArgument, $"{FullName} was not called: {how}.") { Progress = RpcCallProgress.NotSent };
    }
}
