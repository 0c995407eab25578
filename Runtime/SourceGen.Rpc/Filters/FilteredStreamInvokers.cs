using System.Runtime.CompilerServices;
using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.Filters;

/// <summary>
/// Puts a client's filters around the invokers of methods with streams. A filter sees the ordinary arguments and what the method returns:
/// the result, or the stream that is one, around whose items it does not run. The filters of a stream run when it is enumerated.
/// </summary>
internal static class FilteredStreamInvokers
{
    /// <summary>Puts the filters around a method whose result is a stream; without filters the invoker stays as it is.</summary>
    public static ServerStreamInvoker<TRequest, TItem> Around<TRequest, TItem>(
        this FilterChain filters, RpcMethod method, TypeShape<TRequest> shape, ServerStreamInvoker<TRequest, TItem> invoker)
        where TRequest : struct
    {
        RpcFilterNext<TRequest, IAsyncEnumerable<TItem>>? first = filters.Around<TRequest, IAsyncEnumerable<TItem>>(
            method, call => new(invoker.Invoke(in call.Request, call.CancellationToken)));
        return first is null ? invoker : new ServerStream<TRequest, TItem>(method, shape, first);
    }

    /// <summary>Puts the filters around a method that takes a stream; without filters the invoker stays as it is.</summary>
    public static ClientStreamInvoker<TRequest, TItem, TResponse> Around<TRequest, TItem, TResponse>(
        this FilterChain filters,
        RpcMethod method,
        TypeShape<TRequest> shape,
        ClientStreamInvoker<TRequest, TItem, TResponse> invoker,
        bool hasResult = true)
        where TRequest : struct
    {
        RpcFilterNext<TRequest, TResponse>? first = filters.Around<TRequest, TResponse>(
            method, call => invoker.InvokeAsync(in call.Request, ItemsCall<TRequest, TItem>.Of(call), call.CancellationToken));
        return first is null ? invoker : new ClientStream<TRequest, TItem, TResponse>(method, shape, first, hasResult);
    }

    /// <summary>Puts the filters around a method with streams both ways; without filters the invoker stays as it is.</summary>
    public static DuplexInvoker<TRequest, TIn, TOut> Around<TRequest, TIn, TOut>(
        this FilterChain filters, RpcMethod method, TypeShape<TRequest> shape, DuplexInvoker<TRequest, TIn, TOut> invoker)
        where TRequest : struct
    {
        RpcFilterNext<TRequest, IAsyncEnumerable<TOut>>? first = filters.Around<TRequest, IAsyncEnumerable<TOut>>(
            method, call => new(invoker.Invoke(in call.Request, ItemsCall<TRequest, TIn>.Of(call), call.CancellationToken)));
        return first is null ? invoker : new Duplex<TRequest, TIn, TOut>(method, shape, first);
    }

    private static async IAsyncEnumerable<TItem> EnumerateAsync<TRequest, TItem>(
        RpcFilterNext<TRequest, IAsyncEnumerable<TItem>> first,
        Func<RpcFilterCall<TRequest>> create,
        [EnumeratorCancellation] CancellationToken cancellationToken)
        where TRequest : struct
    {
        RpcFilterCall<TRequest> call = create();
        call.CancellationToken = cancellationToken;
        IAsyncEnumerable<TItem> items = await first(call).ConfigureAwait(false);
        await foreach (TItem item in items.WithCancellation(cancellationToken).ConfigureAwait(false)) yield return item;
    }

    /// <summary>A call with the stream that goes with it.</summary>
    private sealed class ItemsCall<TRequest, TItem>(
        RpcMethod method, TypeShape<TRequest> shape, bool hasResult, IAsyncEnumerable<TItem> items)
        : RpcFilterCall<TRequest>(method, shape, hasResult)
        where TRequest : struct
    {
        private IAsyncEnumerable<TItem> Stream => items;

        public static IAsyncEnumerable<TItem> Of(RpcFilterCall<TRequest> call) => call is ItemsCall<TRequest, TItem> own
            ? own.Stream
            : throw new InvalidOperationException(
                $"A filter of {call.Method} called what is behind it with another call than the one it was given.");
    }

    private sealed class ServerStream<TRequest, TItem>(
        RpcMethod method, TypeShape<TRequest> shape, RpcFilterNext<TRequest, IAsyncEnumerable<TItem>> first)
        : ServerStreamInvoker<TRequest, TItem>
        where TRequest : struct
    {
        public override IAsyncEnumerable<TItem> Invoke(in TRequest request, CancellationToken cancellationToken)
        {
            TRequest arguments = request;
            return EnumerateAsync(first, Create, cancellationToken);

            RpcFilterCall<TRequest> Create()
            {
                RpcFilterCall<TRequest> call = new(method, shape, hasResult: true);
                call.Request = arguments;
                return call;
            }
        }
    }

    private sealed class ClientStream<TRequest, TItem, TResponse>(
        RpcMethod method, TypeShape<TRequest> shape, RpcFilterNext<TRequest, TResponse> first, bool hasResult)
        : ClientStreamInvoker<TRequest, TItem, TResponse>
        where TRequest : struct
    {
        public override ValueTask<TResponse> InvokeAsync(
            in TRequest request, IAsyncEnumerable<TItem> items, CancellationToken cancellationToken)
        {
            ArgumentNullException.ThrowIfNull(items);
            ItemsCall<TRequest, TItem> call = new(method, shape, hasResult, items) { CancellationToken = cancellationToken };
            call.Request = request;
            try
            {
                return first(call);
            }
            catch (Exception e)
            {
                // From a filter that is not async. What a call fails with is in what it returns, whatever filters are made of.
                return ValueTask.FromException<TResponse>(e);
            }
        }
    }

    private sealed class Duplex<TRequest, TIn, TOut>(
        RpcMethod method, TypeShape<TRequest> shape, RpcFilterNext<TRequest, IAsyncEnumerable<TOut>> first)
        : DuplexInvoker<TRequest, TIn, TOut>
        where TRequest : struct
    {
        public override IAsyncEnumerable<TOut> Invoke(in TRequest request, IAsyncEnumerable<TIn> items, CancellationToken cancellationToken)
        {
            ArgumentNullException.ThrowIfNull(items);
            TRequest arguments = request;
            return EnumerateAsync(first, Create, cancellationToken);

            RpcFilterCall<TRequest> Create()
            {
                ItemsCall<TRequest, TIn> call = new(method, shape, hasResult: true, items);
                call.Request = arguments;
                return call;
            }
        }
    }
}
