using System.IO.Pipelines;

namespace SourceGen.Rpc.Tests.Support;

/// <summary>
/// A foreign transport that offers nothing but pipes, over another one: no gathering, no polling. It can go deaf, as a cable does that
/// was cut: what is sent is swallowed.
/// </summary>
internal sealed class PipeOnlyTransport(ITransport inner) : ITransport
{
    private volatile bool _swallow;

    public string Scheme => inner.Scheme;

    /// <summary>Swallows what is sent from now on, on every connection.</summary>
    public void Cut() => _swallow = true;

    public async ValueTask<ITransportConnection> ConnectAsync(RpcAddress address, CancellationToken cancellationToken = default) =>
        new Connection(this, await inner.ConnectAsync(address, cancellationToken));

    public async ValueTask<ITransportListener> ListenAsync(RpcAddress address, CancellationToken cancellationToken = default) =>
        new Listener(this, await inner.ListenAsync(address, cancellationToken));

    private sealed class Listener(PipeOnlyTransport transport, ITransportListener inner) : ITransportListener
    {
        public RpcAddress LocalAddress => inner.LocalAddress;

        public async ValueTask<ITransportConnection?> AcceptAsync(CancellationToken cancellationToken = default) =>
            await inner.AcceptAsync(cancellationToken) is { } connection ? new Connection(transport, connection) : null;

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private sealed class Connection(PipeOnlyTransport transport, ITransportConnection inner) : ITransportConnection
    {
        public PipeReader Input => inner.Input;

        public PipeWriter Output { get; } = new Writer(transport, inner.Output);

        public RpcAddress LocalAddress => inner.LocalAddress;

        public RpcAddress RemoteAddress => inner.RemoteAddress;

        public void Abort(Exception? reason = null) => inner.Abort(reason);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private sealed class Writer(PipeOnlyTransport transport, PipeWriter inner) : PipeWriter
    {
        private byte[]? _scrap;

        public override void Advance(int bytes)
        {
            if (_scrap is null) inner.Advance(bytes);
        }

        public override Memory<byte> GetMemory(int sizeHint = 0)
        {
            _scrap = transport._swallow ? new byte[Math.Max(sizeHint, 4096)] : null;
            return _scrap ?? inner.GetMemory(sizeHint);
        }

        public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
            transport._swallow ? default : inner.FlushAsync(cancellationToken);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }
}
