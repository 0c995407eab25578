using System.Runtime.CompilerServices;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Filters;

/// <summary>Puts a client's filters around the invokers of methods.</summary>
internal static class FilteredInvokers
{
    /// <summary>Puts the filters around a method with a result; without filters the invoker stays as it is.</summary>
    public static UnaryInvoker<TRequest, TResponse> Around<TRequest, TResponse>(
        this FilterChain filters, RpcMethod method, TypeShape<TRequest> shape, UnaryInvoker<TRequest, TResponse> invoker)
        where TRequest : struct
    {
        RpcFilterNext<TRequest, TResponse>? first =
            filters.Around<TRequest, TResponse>(method, call => invoker.InvokeAsync(in call.Request, call.CancellationToken));
        return first is null ? invoker : new Unary<TRequest, TResponse>(method, shape, first);
    }

    /// <summary>Puts the filters around a method without a result; without filters the invoker stays as it is.</summary>
    public static ActionInvoker<TRequest> Around<TRequest>(
        this FilterChain filters, RpcMethod method, TypeShape<TRequest> shape, ActionInvoker<TRequest> invoker)
        where TRequest : struct
    {
        RpcFilterNext<TRequest, NoResponse>? first = filters.Around<TRequest, NoResponse>(method, call =>
        {
            ValueTask task = invoker.InvokeAsync(in call.Request, call.CancellationToken);
            if (!task.IsCompletedSuccessfully) return WithoutResultAsync(task);
            task.GetAwaiter().GetResult();
            return default;
        });
        return first is null ? invoker : new Action<TRequest>(method, shape, first);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<NoResponse> WithoutResultAsync(ValueTask task)
    {
        await task.ConfigureAwait(false);
        return default;
    }

    private sealed class Unary<TRequest, TResponse>(RpcMethod method, TypeShape<TRequest> shape, RpcFilterNext<TRequest, TResponse> first)
        : UnaryInvoker<TRequest, TResponse>
        where TRequest : struct
    {
        public override ValueTask<TResponse> InvokeAsync(in TRequest request, CancellationToken cancellationToken)
        {
            RpcFilterCall<TRequest> call = new(method, shape, hasResult: true) { CancellationToken = cancellationToken };
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

    private sealed class Action<TRequest>(RpcMethod method, TypeShape<TRequest> shape, RpcFilterNext<TRequest, NoResponse> first)
        : ActionInvoker<TRequest>
        where TRequest : struct
    {
        public override ValueTask InvokeAsync(in TRequest request, CancellationToken cancellationToken)
        {
            RpcFilterCall<TRequest> call = new(method, shape, hasResult: false) { CancellationToken = cancellationToken };
            call.Request = request;
            ValueTask<NoResponse> task;
            try
            {
                task = first(call);
            }
            catch (Exception e)
            {
                return ValueTask.FromException(e);
            }

            if (!task.IsCompletedSuccessfully) return AwaitAsync(task);
            task.GetAwaiter().GetResult();
            return default;
        }

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
        private static async ValueTask AwaitAsync(ValueTask<NoResponse> task) => await task.ConfigureAwait(false);
    }
}
