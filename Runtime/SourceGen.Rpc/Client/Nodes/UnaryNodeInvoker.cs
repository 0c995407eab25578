using System.Runtime.CompilerServices;
using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.Client.Nodes;

/// <summary>Calls a method with a result at one server of many, and at another one when that did not work.</summary>
internal sealed class UnaryNodeInvoker<TRequest, TResponse>(NodeRoute route, NodeInvokers<UnaryInvoker<TRequest, TResponse>> invokers)
    : UnaryInvoker<TRequest, TResponse>
    where TRequest : struct
{
    public override ValueTask<TResponse> InvokeAsync(in TRequest request, CancellationToken cancellationToken)
    {
        long started = Environment.TickCount64;
        NodeSet nodes = route.Service.Nodes;
        int index = nodes.Next();
        if (index < 0) return CallAsync(default, node: null, started, request, cancellationToken);
        ValueTask<TResponse> call = invokers.Get(nodes, index).InvokeAsync(in request, cancellationToken);
        return CallAsync(call, nodes.Nodes[index], started, request, cancellationToken);
    }

    // Pooled: a call that works costs no allocation.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<TResponse> CallAsync(
        ValueTask<TResponse> call, Node? node, long started, TRequest request, CancellationToken cancellationToken)
    {
        Failover? failover = null;
        try
        {
            while (true)
            {
                if (node is null)
                {
                    failover ??= new Failover(route, hasUpload: false, started, cancellationToken);
                    node = await failover.NextAsync().ConfigureAwait(false);
                    using RpcCallScope? limit = failover.Limit();
                    call = invokers.Get(route.Service.Nodes, node).InvokeAsync(in request, cancellationToken);
                }

                try
                {
                    return await call.ConfigureAwait(false);
                }
                catch (RpcException e) when (
                    (failover ??= new Failover(route, hasUpload: false, started, cancellationToken)).TryRepeat(e, node))
                {
                    node = null;
                }
            }
        }
        finally
        {
            failover?.Dispose();
        }
    }
}
