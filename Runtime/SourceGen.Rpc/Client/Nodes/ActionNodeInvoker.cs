using System.Diagnostics;
using System.Runtime.CompilerServices;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Selection;
using SourceGen.Rpc.Selection.Health;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Client.Nodes;

/// <summary>Calls a method without a result at one server of many; what becomes of a call that failed there, its policy says.</summary>
internal sealed class ActionNodeInvoker<TRequest>(
    NodeRoute route, NodeInvokers<ActionInvoker<TRequest>> invokers, RequestKey<TRequest>? keyOf)
    : ActionInvoker<TRequest>
    where TRequest : struct
{
    public override ValueTask InvokeAsync(in TRequest request, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        ulong? key = keyOf is null ? route.KeyOfHeader() : keyOf(in request);
        if (!route.TrySelect(new PickRequest { Key = key }, out Node? node, out CircuitPass pass))
        {
            return WithoutResultAsync(
                Strategies.RunAsync<Call, NoResponse>(route, new Call(invokers, request), key, started, cancellationToken));
        }

        ValueTask call;
        try
        {
            call = invokers.Get(node).InvokeAsync(in request, cancellationToken);
        }
        catch (Exception e)
        {
            route.Mark(node, pass, started, e);
            throw;
        }

        if (!call.IsCompletedSuccessfully) return WatchAsync(call, node, pass, key, started, request, cancellationToken);

        // One-way calls are over when they are written, which is mostly at once.
        route.Mark(node, pass, started, error: null);
        return call;
    }

    // Pooled: a call that works costs no allocation.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WatchAsync(ValueTask call, Node node, CircuitPass pass, ulong? key, long started, TRequest request, CancellationToken cancellationToken)
    {
        RpcException failure;
        try
        {
            await call.ConfigureAwait(false);
            route.Mark(node, pass, started, error: null);
            return;
        }
        catch (Exception e)
        {
            route.Mark(node, pass, started, e);
            if (e is not RpcException known) throw;
            failure = known;
        }

        await Strategies.GoOnAsync<Call, NoResponse>(
            route, new Call(invokers, request), key, failure, node, started, cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask WithoutResultAsync(ValueTask<NoResponse> call) => await call.ConfigureAwait(false);

    private readonly struct Call(NodeInvokers<ActionInvoker<TRequest>> invokers, TRequest request) : INodeCall<NoResponse>
    {
        public async ValueTask<NoResponse> SendAsync(Node node, CancellationToken cancellationToken)
        {
            await invokers.Get(node).InvokeAsync(in request, cancellationToken).ConfigureAwait(false);
            return default;
        }
    }
}
