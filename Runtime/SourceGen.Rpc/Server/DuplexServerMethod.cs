using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Streams;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Server;

/// <summary>A method that takes a stream and whose result is one.</summary>
internal sealed class DuplexServerMethod<TService, TRequest, TIn, TOut>(
    DuplexMethod<TService, TRequest, TIn, TOut> method,
    ISerializer<TRequest> requests,
    ItemFormat<TIn> input,
    ItemFormat<TOut> output,
    ServiceSource<TService> source,
    ErrorPolicy errors)
    : StreamServerMethod<TService, TRequest>(method, requests, source, errors, takesStream: true)
    where TService : class
    where TRequest : struct
{
    private readonly DuplexHandler<TService, TRequest, TIn, TOut> _handler = method.Handler;
    private readonly ItemFormat<TOut> _output = output;

    protected override Call CreateCall(RpcConnection connection, ulong callId, in TRequest request) =>
        new StreamCall(this, connection, callId, request, ConnectUpload(connection, callId, input));

    private sealed class StreamCall : Call
    {
        private readonly DuplexServerMethod<TService, TRequest, TIn, TOut> _method;
        private readonly TRequest _request;
        private readonly ServerUpload<TIn> _upload;
        private readonly ServerDownload<TOut> _download;

        public StreamCall(
            DuplexServerMethod<TService, TRequest, TIn, TOut> method,
            RpcConnection connection,
            ulong callId,
            in TRequest request,
            ServerUpload<TIn> upload)
            : base(method, connection, callId)
        {
            _method = method;
            _request = request;
            _upload = upload;
            _download = new ServerDownload<TOut>(connection, callId, method._output);
            upload.EndWith(Token);
        }

        protected override Task HandleAsync(TService service, CancellationToken cancellationToken)
        {
            IAsyncEnumerable<TOut> items = _method._handler(service, in _request, _upload, cancellationToken) ?? throw NoStream(Called);
            return _download.SendAsync(items, cancellationToken);
        }

        protected override void Reply(byte[]? headers) => Connection.WriteResponse(Id, Called.FullName, NoResponse.Serializer.Instance, default, headers);

        protected override void CloseUpload() => _upload.Close();

        protected override void CloseDownload() => _download.Close();
    }
}
