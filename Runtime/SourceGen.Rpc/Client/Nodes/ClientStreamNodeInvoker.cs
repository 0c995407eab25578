using System.Diagnostics;
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
        RpcCallPolicy policy = route.Policy.Current;
        route.Earn(policy);
        using Attempts attempts = new(route, policy, hasUpload: true, key: null, Stopwatch.GetTimestamp(), cancellationToken);
        while (true)
        {
            Node node = await attempts.NextAsync().ConfigureAwait(false);
            NodeVisit? visit = null;
            try
            {
                visit = new NodeVisit(route, node);
                ValueTask<TResponse> call;
                using (attempts.Limit()) call = invokers.Get(node).InvokeAsync(in request, items, cancellationToken);
                TResponse response = await call.ConfigureAwait(false);
                visit.Answered();
                return response;
            }
            catch (Exception e)
            {
                visit?.Failed(e);
                if (e is not RpcException known || !attempts.TryRepeat(known, node)) throw;
            }
        }
    }
}
