using System.IO.Pipelines;

namespace SourceGen.Rpc.Tests.Security;

/// <summary>TCP under another name: a foreign transport, of which nobody knows who reads it.</summary>
internal sealed class PlainTransport : ITransport
{
    private readonly TcpTransport _tcp = new();

    public string Scheme => "plain";

    public async ValueTask<ITransportConnection> ConnectAsync(RpcAddress address, CancellationToken cancellationToken = default) =>
        new Connection(await _tcp.ConnectAsync(RpcAddress.Create("tcp", address.Rest), cancellationToken), address);

    public ValueTask<ITransportListener> ListenAsync(RpcAddress address, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("It only connects.");

    public sealed class Connection(ITransportConnection inner, RpcAddress remote) : ITransportConnection
    {
        public PipeReader Input => inner.Input;

        public PipeWriter Output => inner.Output;

        public RpcAddress LocalAddress => inner.LocalAddress;

        public RpcAddress RemoteAddress => remote;

        public void Abort(Exception? reason = null) => inner.Abort(reason);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
