using System.Diagnostics;
using System.Runtime.CompilerServices;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Selection;
using SourceGen.Rpc.Selection.Health;

namespace SourceGen.Rpc.Client.Nodes;

/// <summary>Calls a method with a result at one server of many; what becomes of a call that failed there, its policy says.</summary>
internal sealed class UnaryNodeInvoker<TRequest, TResponse>(
    NodeRoute route, NodeInvokers<UnaryInvoker<TRequest, TResponse>> invokers, RequestKey<TRequest>? keyOf)
    : UnaryInvoker<TRequest, TResponse>
    where TRequest : struct
{
    public override ValueTask<TResponse> InvokeAsync(in TRequest request, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        ulong? key = keyOf is null ? route.KeyOfHeader() : keyOf(in request);
        if (!route.TrySelect(new PickRequest { Key = key }, out Node? node, out CircuitPass pass))
            return Strategies.RunAsync<Call, TResponse>(route, new Call(invokers, request), key, started, cancellationToken);
        ValueTask<TResponse> call;
        try
        {
            call = invokers.Get(node).InvokeAsync(in request, cancellationToken);
        }
        catch (Exception e)
        {
            route.Mark(node, pass, started, e);
            throw;
        }

        return WatchAsync(call, node, pass, key, started, request, cancellationToken);
    }

    // Pooled: a call that works costs no allocation.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<TResponse> WatchAsync(
        ValueTask<TResponse> call, Node node, CircuitPass pass, ulong? key, long started, TRequest request, CancellationToken cancellationToken)
    {
        RpcException failure;
        try
        {
            TResponse response = await call.ConfigureAwait(false);
            route.Mark(node, pass, started, error: null);
            return response;
        }
        catch (Exception e)
        {
            route.Mark(node, pass, started, e);
            if (e is not RpcException known) throw;
            failure = known;
        }

        return await Strategies.GoOnAsync<Call, TResponse>(
            route, new Call(invokers, request), key, failure, node, started, cancellationToken).ConfigureAwait(false);
    }

    private readonly struct Call(NodeInvokers<UnaryInvoker<TRequest, TResponse>> invokers, TRequest request) : INodeCall<TResponse>
    {
        public ValueTask<TResponse> SendAsync(Node node, CancellationToken cancellationToken) =>
            invokers.Get(node).InvokeAsync(in request, cancellationToken);
    }
}
