using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.Client.Nodes;

/// <summary>Calls a method that takes a stream at one server of many; at another one only while nothing of the stream was read.</summary>
internal sealed class ClientStreamNodeInvoker<TRequest, TItem, TResponse>(
    NodeRoute route, NodeInvokers<ClientStreamInvoker<TRequest, TItem, TResponse>> invokers)
    : ClientStreamInvoker<TRequest, TItem, TResponse>
    where TRequest : struct
{
    public override ValueTask<TResponse> InvokeAsync(
        in TRequest request, IAsyncEnumerable<TItem> items, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(items);
        return CallAsync(request, items, cancellationToken);
    }

    private async ValueTask<TResponse> CallAsync(TRequest request, IAsyncEnumerable<TItem> items, CancellationToken cancellationToken)
    {
        using Failover failover = new(route, hasUpload: true, Environment.TickCount64, cancellationToken);
        while (true)
        {
            Node node = await failover.NextAsync().ConfigureAwait(false);
            try
            {
                ValueTask<TResponse> call;
                using (failover.Limit()) call = invokers.Get(route.Service.Nodes, node).InvokeAsync(in request, items, cancellationToken);
                return await call.ConfigureAwait(false);
            }
            catch (RpcException e) when (failover.TryRepeat(e, node))
            {
                // To the next one.
            }
        }
    }
}
