using System.Runtime.CompilerServices;
using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.Client.Nodes;

/// <summary>Calls a method without a result at one server of many, and at another one when that did not work.</summary>
internal sealed class ActionNodeInvoker<TRequest>(NodeRoute route, NodeInvokers<ActionInvoker<TRequest>> invokers) : ActionInvoker<TRequest>
    where TRequest : struct
{
    public override ValueTask InvokeAsync(in TRequest request, CancellationToken cancellationToken)
    {
        long started = Environment.TickCount64;
        NodeSet nodes = route.Service.Nodes;
        int index = nodes.Next();
        if (index < 0) return CallAsync(default, node: null, started, request, cancellationToken);
        ValueTask call = invokers.Get(nodes, index).InvokeAsync(in request, cancellationToken);

        // One-way calls are over when they are written, which is mostly at once.
        return call.IsCompletedSuccessfully ? call : CallAsync(call, nodes.Nodes[index], started, request, cancellationToken);
    }

    // Pooled: a call that works costs no allocation.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask CallAsync(ValueTask call, Node? node, long started, TRequest request, CancellationToken cancellationToken)
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
                    await call.ConfigureAwait(false);
                    return;
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
