using System.Diagnostics;
using System.Runtime.CompilerServices;

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
        private NodeVisit? _visit;

        public TItem Current => _items!.Current;

        // From the second item on this costs one call more than a stream from the only server.
        public ValueTask<bool> MoveNextAsync()
        {
            if (_items is null) return BeginAsync();
            ValueTask<bool> next = _items.MoveNextAsync();
            if (!next.IsCompletedSuccessfully) return WatchAsync(next);
            bool isThere = next.Result;
            if (!isThere) _visit!.Answered();
            return new ValueTask<bool>(isThere);
        }

        public ValueTask DisposeAsync()
        {
            _visit?.Dispose();
            return _items?.DisposeAsync() ?? default;
        }

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        private async ValueTask<bool> WatchAsync(ValueTask<bool> next)
        {
            try
            {
                bool isThere = await next.ConfigureAwait(false);
                if (!isThere) _visit!.Answered();
                return isThere;
            }
            catch (Exception e)
            {
                _visit!.Failed(e);
                throw;
            }
        }

        private async ValueTask<bool> BeginAsync()
        {
            using CancellationTokenSource? both = enumeratorToken.CanBeCanceled && stream._methodToken.CanBeCanceled
                ? CancellationTokenSource.CreateLinkedTokenSource(enumeratorToken, stream._methodToken)
                : null;
            CancellationToken either = both?.Token ?? (enumeratorToken.CanBeCanceled ? enumeratorToken : stream._methodToken);
            RpcCallPolicy policy = stream._route.Policy.Current;
            stream._route.Earn(policy);
            using Attempts attempts = new(stream._route, policy, stream._hasUpload, key: null, Stopwatch.GetTimestamp(), either);
            while (true)
            {
                Node node = await NextAsync(attempts).ConfigureAwait(false);
                NodeVisit? visit = null;
                IAsyncEnumerator<TItem>? items = null;
                try
                {
                    visit = new NodeVisit(stream._route, node);
                    items = stream._open(node).GetAsyncEnumerator(enumeratorToken);
                    ValueTask<bool> first;
                    using (attempts.Limit()) first = items.MoveNextAsync();
                    bool isThere = await first.ConfigureAwait(false);
                    _items = items;
                    _visit = visit;
                    visit.Begun();
                    if (!isThere) visit.Answered();
                    return isThere;
                }
                catch (Exception e)
                {
                    visit?.Failed(e);
                    if (items is not null) await items.DisposeAsync().ConfigureAwait(false);
                    if (e is not RpcException error || !attempts.TryRepeat(error, node)) throw;
                }
            }
        }

        private async ValueTask<Node> NextAsync(Attempts attempts)
        {
            try
            {
                return await attempts.NextAsync().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (enumeratorToken.IsCancellationRequested || stream._methodToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(enumeratorToken.IsCancellationRequested ? enumeratorToken : stream._methodToken);
            }
        }
    }
}
