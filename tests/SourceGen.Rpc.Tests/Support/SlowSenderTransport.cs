using System.Buffers;
using System.IO.Pipelines;

namespace SourceGen.Rpc.Tests.Support;

/// <summary>
/// TCP whose sends, once they are held, stay with their thread after the bytes have gone, until the test lets them return.
/// </summary>
internal sealed class SlowSenderTransport : ITransport
{
    private readonly TcpTransport _inner = new();
    private volatile Gate? _gate;

    public string Scheme => _inner.Scheme;

    /// <summary>Holds the next send.</summary>
    public void HoldAt(Gate gate) => _gate = gate;

    public async ValueTask<ITransportConnection> ConnectAsync(RpcAddress address, CancellationToken cancellationToken = default) =>
        new Connection(this, await _inner.ConnectAsync(address, cancellationToken));

    public ValueTask<ITransportListener> ListenAsync(RpcAddress address, CancellationToken cancellationToken = default) =>
        _inner.ListenAsync(address, cancellationToken);

    private sealed class Connection(SlowSenderTransport transport, ITransportConnection inner) : ITransportConnection, IGatheringOutput
    {
        public PipeReader Input => inner.Input;

        public PipeWriter Output => inner.Output;

        public RpcAddress LocalAddress => inner.LocalAddress;

        public RpcAddress RemoteAddress => inner.RemoteAddress;

        public ValueTask SendAsync(in ReadOnlySequence<byte> data)
        {
            ValueTask sent = ((IGatheringOutput)inner).SendAsync(in data);
            Gate? gate = Interlocked.Exchange(ref transport._gate, null);
            gate?.Pass();
            return sent;
        }

        public void Abort(Exception? reason = null) => inner.Abort(reason);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
