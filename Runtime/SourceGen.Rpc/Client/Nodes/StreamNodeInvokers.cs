using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.Client.Nodes;

/// <summary>Calls a method whose result is a stream at one server of many.</summary>
internal sealed class ServerStreamNodeInvoker<TRequest, TItem>(NodeRoute route, NodeInvokers<ServerStreamInvoker<TRequest, TItem>> invokers)
    : ServerStreamInvoker<TRequest, TItem>
    where TRequest : struct
{
    public override IAsyncEnumerable<TItem> Invoke(in TRequest request, CancellationToken cancellationToken)
    {
        TRequest arguments = request;
        return new NodeStream<TItem>(
            route,
            hasUpload: false,
            node => invokers.Get(node).Invoke(in arguments, cancellationToken),
            cancellationToken);
    }
}

/// <summary>Calls a method that takes a stream and whose result is one at one server of many.</summary>
internal sealed class DuplexNodeInvoker<TRequest, TIn, TOut>(NodeRoute route, NodeInvokers<DuplexInvoker<TRequest, TIn, TOut>> invokers)
    : DuplexInvoker<TRequest, TIn, TOut>
    where TRequest : struct
{
    public override IAsyncEnumerable<TOut> Invoke(in TRequest request, IAsyncEnumerable<TIn> items, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(items);
        TRequest arguments = request;
        return new NodeStream<TOut>(
            route,
            hasUpload: true,
            node => invokers.Get(node).Invoke(in arguments, items, cancellationToken),
            cancellationToken);
    }
}
