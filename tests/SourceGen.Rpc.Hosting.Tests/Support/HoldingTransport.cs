using System.IO.Pipelines;

namespace SourceGen.Rpc.Hosting.Tests.Support;

/// <summary>
/// Connections over memory whose client does not see what the server sends from <see cref="Hold"/> until <see cref="Release"/>.
/// </summary>
internal sealed class HoldingTransport : ITransport
{
    private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _holding;

    public string Scheme => "memory";

    /// <summary>Completes when something that is held has arrived.</summary>
    public Task Arrived => _arrived.Task;

    /// <summary>From now on, what arrives is held.</summary>
    public void Hold() => _holding = true;

    /// <summary>Lets everything through.</summary>
    public void Release()
    {
        _holding = false;
        _released.TrySetResult();
    }

    public async ValueTask<ITransportConnection> ConnectAsync(RpcAddress address, CancellationToken cancellationToken = default) =>
        new Connection(this, await MemoryTransport.Shared.ConnectAsync(address, cancellationToken));

    public ValueTask<ITransportListener> ListenAsync(RpcAddress address, CancellationToken cancellationToken = default) =>
        MemoryTransport.Shared.ListenAsync(address, cancellationToken);

    private sealed class Connection(HoldingTransport owner, ITransportConnection inner) : ITransportConnection
    {
        public PipeReader Input { get; } = new Reader(owner, inner.Input);

        public PipeWriter Output => inner.Output;

        public RpcAddress LocalAddress => inner.LocalAddress;

        public RpcAddress RemoteAddress => inner.RemoteAddress;

        public void Abort(Exception? reason = null) => inner.Abort(reason);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private sealed class Reader(HoldingTransport owner, PipeReader inner) : PipeReader
    {
        private volatile bool _cancelled;

        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            ReadResult result = await inner.ReadAsync(cancellationToken);
            if (!owner._holding) return result;
            owner._arrived.TrySetResult();
            await owner._released.Task;
            return new ReadResult(result.Buffer, _cancelled || result.IsCanceled, result.IsCompleted);
        }

        public override bool TryRead(out ReadResult result)
        {
            result = default;
            return !owner._holding && inner.TryRead(out result);
        }

        /// <summary>What is held is delivered as data and cancelled at once, as a <see cref="PipeReader"/> may.</summary>
        public override void CancelPendingRead()
        {
            if (owner._holding)
            {
                _cancelled = true;
                owner.Release();
            }
            else
            {
                inner.CancelPendingRead();
            }
        }

        public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }
}
