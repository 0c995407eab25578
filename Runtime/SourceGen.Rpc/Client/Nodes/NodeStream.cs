namespace SourceGen.Rpc.Client.Nodes;

/// <summary>
/// A stream from one server of many. Which one is decided when it is enumerated; until its first item has come, or its end, it can still be
/// another one.
/// </summary>
internal sealed class NodeStream<TItem>(
    NodeRoute route, bool hasUpload, Func<Node, IAsyncEnumerable<TItem>> open, CancellationToken methodToken)
    : IAsyncEnumerable<TItem>
{
    private readonly NodeRoute _route = route;
    private readonly bool _hasUpload = hasUpload;
    private readonly Func<Node, IAsyncEnumerable<TItem>> _open = open;
    private readonly CancellationToken _methodToken = methodToken;

    public IAsyncEnumerator<TItem> GetAsyncEnumerator(CancellationToken cancellationToken = default) => new Enumerator(this, cancellationToken);

    private sealed class Enumerator(NodeStream<TItem> stream, CancellationToken enumeratorToken) : IAsyncEnumerator<TItem>
    {
        private IAsyncEnumerator<TItem>? _items;

        public TItem Current => _items!.Current;

        // From the second item on this costs one call more than a stream from the only server.
        public ValueTask<bool> MoveNextAsync() => _items is null ? BeginAsync() : _items.MoveNextAsync();

        public ValueTask DisposeAsync() => _items?.DisposeAsync() ?? default;

        private async ValueTask<bool> BeginAsync()
        {
            using CancellationTokenSource? both = enumeratorToken.CanBeCanceled && stream._methodToken.CanBeCanceled
                ? CancellationTokenSource.CreateLinkedTokenSource(enumeratorToken, stream._methodToken)
                : null;
            CancellationToken either = both?.Token ?? (enumeratorToken.CanBeCanceled ? enumeratorToken : stream._methodToken);
            using Failover failover = new(stream._route, stream._hasUpload, Environment.TickCount64, either);
            while (true)
            {
                Node node = await NextAsync(failover).ConfigureAwait(false);
                IAsyncEnumerator<TItem> items = stream._open(node).GetAsyncEnumerator(enumeratorToken);
                try
                {
                    ValueTask<bool> first;
                    using (failover.Limit()) first = items.MoveNextAsync();
                    bool isThere = await first.ConfigureAwait(false);
                    _items = items;
                    return isThere;
                }
                catch (Exception e)
                {
                    await items.DisposeAsync().ConfigureAwait(false);
                    if (e is not RpcException error || !failover.TryRepeat(error, node)) throw;
                }
            }
        }

        private async ValueTask<Node> NextAsync(Failover failover)
        {
            try
            {
                return await failover.NextAsync().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (enumeratorToken.IsCancellationRequested || stream._methodToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(enumeratorToken.IsCancellationRequested ? enumeratorToken : stream._methodToken);
            }
        }
    }
}
