using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Streams;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Server;

/// <summary>A method whose result is a stream.</summary>
internal sealed class ServerStreamServerMethod<TService, TRequest, TItem>(
    ServerStreamMethod<TService, TRequest, TItem> method, ICodec codec, StreamServing<TService> serving)
    : StreamServerMethod<TService, TRequest, IAsyncEnumerable<TItem>>(method, method.RequestShape, codec, serving, takesStream: false)
    where TService : class
    where TRequest : struct
{
    private readonly ServerStreamHandler<TService, TRequest, TItem> _handler = method.Handler;
    private readonly ItemFormat<TItem> _format = ItemFormat<TItem>.Create(codec.GetSerializer(method.ItemShape));

    protected override Call CreateCall(RpcConnection connection, ulong callId, in TRequest request) =>
        new StreamCall(this, connection, callId, request);

    private sealed class StreamCall(
        ServerStreamServerMethod<TService, TRequest, TItem> method, RpcConnection connection, ulong callId, in TRequest request)
        : Call(method, connection, callId, in request)
    {
        private readonly ServerDownload<TItem> _download = new(connection, callId, method._format);

        protected override bool IsStream => true;

        protected override ValueTask<IAsyncEnumerable<TItem>> HandleAsync(
            TService service, in TRequest request, CancellationToken cancellationToken) =>
            new(method._handler(service, in request, cancellationToken));

        protected override Task CompleteAsync(IAsyncEnumerable<TItem> result, CancellationToken cancellationToken) =>
            _download.SendAsync(result, cancellationToken);

        protected override void CloseDownload() => _download.Close();
    }
}
