using System.Diagnostics;
using System.Threading.Tasks.Sources;

namespace SourceGen.Rpc.Load;

/// <summary>Sends an item through a duplex call, waits until it is back, and sends the next.</summary>
internal sealed class PingPongCaller(ILoadService service) : Caller
{
    public override async Task RunAsync(CallerTurn turn)
    {
        Balls balls = new();
        await using IAsyncEnumerator<LoadItem> returned = service.ReturnAsync(balls).GetAsyncEnumerator();
        int next = 0;
        do
        {
            long start = Stopwatch.GetTimestamp();
            balls.Throw(LoadData.CreateItem(next));
            if (!await returned.MoveNextAsync()) throw new LoadException("The server ended the stream.");
            Latencies.Record(Stopwatch.GetTimestamp() - start);
            LoadData.Check(returned.Current, next++);
            CountAnswer();
        }
        while (!turn.IsOver);

        balls.End();
        if (await returned.MoveNextAsync()) throw new LoadException("The server returned more than it got.");
    }

    /// <summary>A stream whose items another loop gives, one at a time; its reader goes on in the giver's call.</summary>
    private sealed class Balls : IAsyncEnumerable<LoadItem>, IAsyncEnumerator<LoadItem>, IValueTaskSource<bool>
    {
        private readonly Lock _gate = new();
        private ManualResetValueTaskSourceCore<bool> _core;
        private bool _waiting;
        private bool? _next;
        private LoadItem _item;

        public LoadItem Current { get; private set; }

        public IAsyncEnumerator<LoadItem> GetAsyncEnumerator(CancellationToken cancellationToken = default) => this;

        public void Throw(LoadItem item)
        {
            _item = item;
            Set(true);
        }

        public void End() => Set(false);

        public ValueTask<bool> MoveNextAsync()
        {
            lock (_gate)
            {
                if (_next is { } next)
                {
                    _next = null;
                    Current = _item;
                    return new(next);
                }

                _core.Reset();
                _waiting = true;
                return new(this, _core.Version);
            }
        }

        public ValueTask DisposeAsync() => default;

        bool IValueTaskSource<bool>.GetResult(short token) => _core.GetResult(token);

        ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _core.GetStatus(token);

        void IValueTaskSource<bool>.OnCompleted(
            Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);

        private void Set(bool next)
        {
            lock (_gate)
            {
                if (!_waiting)
                {
                    _next = next;
                    return;
                }

                _waiting = false;
                Current = _item;
            }

            _core.SetResult(next);
        }
    }
}
