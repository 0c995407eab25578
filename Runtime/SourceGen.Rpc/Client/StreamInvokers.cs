using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Streams;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Client;

/// <summary>Calls a method whose result is a stream.</summary>
internal sealed class ServerStreamClientInvoker<TRequest, TItem>(StreamingMethod<TRequest> method, TypeShape<TItem> shape)
    : ServerStreamInvoker<TRequest, TItem>
    where TRequest : struct
{
    private readonly ItemFormatCache<TItem> _formats = new(shape);

    public override IAsyncEnumerable<TItem> Invoke(in TRequest request, CancellationToken cancellationToken) =>
        new ResultStream<TRequest, TItem>(method, request, _formats, createUpload: null, cancellationToken);
}

/// <summary>Calls a method that takes a stream and whose result is one.</summary>
internal sealed class DuplexClientInvoker<TRequest, TIn, TOut>(
    StreamingMethod<TRequest> method, TypeShape<TIn> input, TypeShape<TOut> output)
    : DuplexInvoker<TRequest, TIn, TOut>
    where TRequest : struct
{
    private readonly ItemFormatCache<TIn> _inputs = new(input);
    private readonly ItemFormatCache<TOut> _outputs = new(output);

    public override IAsyncEnumerable<TOut> Invoke(in TRequest request, IAsyncEnumerable<TIn> items, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(items);
        return new ResultStream<TRequest, TOut>(
            method,
            request,
            _outputs,
            connection => new Upload<TIn>(connection, _inputs.Get(connection.Codec), items, method.FullName),
            cancellationToken);
    }
}

/// <summary>Calls a method that takes a stream and has a result.</summary>
internal sealed class ClientStreamClientInvoker<TRequest, TItem, TResponse>(UploadingMethod<TRequest, TItem, TResponse> method)
    : ClientStreamInvoker<TRequest, TItem, TResponse>
    where TRequest : struct
{
    public override ValueTask<TResponse> InvokeAsync(
        in TRequest request, IAsyncEnumerable<TItem> items, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(items);
        return method.CallAsync(request, items, cancellationToken);
    }
}

/// <summary>Calls a method that takes a stream and has no result.</summary>
internal sealed class ClientStreamActionClientInvoker<TRequest, TItem>(ClientStreamInvoker<TRequest, TItem, NoResponse> invoker)
    : ClientStreamActionInvoker<TRequest, TItem>
    where TRequest : struct
{
    public override ValueTask InvokeAsync(in TRequest request, IAsyncEnumerable<TItem> items, CancellationToken cancellationToken)
    {
        return AwaitAsync(invoker.InvokeAsync(in request, items, cancellationToken));

        static async ValueTask AwaitAsync(ValueTask<NoResponse> call) => await call.ConfigureAwait(false);
    }
}
