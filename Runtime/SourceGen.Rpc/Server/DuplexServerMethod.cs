using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Streams;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Server;

/// <summary>A method that takes a stream and whose result is one.</summary>
internal sealed class DuplexServerMethod<TService, TRequest, TIn, TOut>(
    DuplexMethod<TService, TRequest, TIn, TOut> method, ICodec codec, StreamServing<TService> serving)
    : StreamServerMethod<TService, TRequest, IAsyncEnumerable<TOut>>(method, method.RequestShape, codec, serving, takesStream: true)
    where TService : class
    where TRequest : struct
{
    private readonly DuplexHandler<TService, TRequest, TIn, TOut> _handler = method.Handler;
    private readonly ItemFormat<TIn> _input = ItemFormat<TIn>.Create(codec.GetSerializer(method.InputShape));
    private readonly ItemFormat<TOut> _output = ItemFormat<TOut>.Create(codec.GetSerializer(method.OutputShape));

    protected override Call CreateCall(RpcConnection connection, ulong callId, in TRequest request) =>
        new StreamCall(this, connection, callId, request, ConnectUpload(connection, callId, _input));

    private sealed class StreamCall : Call
    {
        private readonly DuplexServerMethod<TService, TRequest, TIn, TOut> _method;
        private readonly ServerUpload<TIn> _upload;
        private readonly ServerDownload<TOut> _download;

        public StreamCall(
            DuplexServerMethod<TService, TRequest, TIn, TOut> method,
            RpcConnection connection,
            ulong callId,
            in TRequest request,
            ServerUpload<TIn> upload)
            : base(method, connection, callId, in request)
        {
            _method = method;
            _upload = upload;
            _download = new ServerDownload<TOut>(connection, callId, method._output);
            upload.EndWith(Token);
        }

        protected override bool IsStream => true;

        protected override ValueTask<IAsyncEnumerable<TOut>> HandleAsync(
            TService service, in TRequest request, CancellationToken cancellationToken) =>
            new(_method._handler(service, in request, _upload, cancellationToken));

        protected override Task CompleteAsync(IAsyncEnumerable<TOut> result, CancellationToken cancellationToken) =>
            _download.SendAsync(result, cancellationToken);

        protected override void CloseUpload() => _upload.Close();

        protected override void CloseDownload() => _download.Close();
    }
}
