using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Streams;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Server;

/// <summary>A method that takes a stream and does not return one.</summary>
internal sealed class ClientStreamServerMethod<TService, TRequest, TItem, TResponse>(
    RpcMethod method,
    ClientStreamHandler<TService, TRequest, TItem, TResponse> handler,
    TypeShape<TRequest> requests,
    TypeShape<TItem> items,
    ISerializer<TResponse> responses,
    ICodec codec,
    StreamServing<TService> serving)
    : StreamServerMethod<TService, TRequest, TResponse>(method, requests, codec, serving, takesStream: true)
    where TService : class
    where TRequest : struct
{
    private readonly ClientStreamHandler<TService, TRequest, TItem, TResponse> _handler = handler;
    private readonly ItemFormat<TItem> _format = ItemFormat<TItem>.Create(codec.GetSerializer(items));
    private readonly ISerializer<TResponse> _responses = responses;

    /// <summary>Makes a handler without a result look like one with an empty result.</summary>
    public static ClientStreamHandler<TService, TRequest, TItem, NoResponse> Adapt(
        ClientStreamActionHandler<TService, TRequest, TItem> handler)
    {
        return (TService service, in TRequest request, IAsyncEnumerable<TItem> items, CancellationToken cancellationToken) =>
            AwaitAsync(handler(service, in request, items, cancellationToken));

        static async ValueTask<NoResponse> AwaitAsync(ValueTask task)
        {
            await task.ConfigureAwait(false);
            return default;
        }
    }

    protected override Call CreateCall(RpcConnection connection, ulong callId, in TRequest request) =>
        new StreamCall(this, connection, callId, request, ConnectUpload(connection, callId, _format));

    private sealed class StreamCall : Call
    {
        private readonly ClientStreamServerMethod<TService, TRequest, TItem, TResponse> _method;
        private readonly ServerUpload<TItem> _upload;
        private TResponse? _response;

        public StreamCall(
            ClientStreamServerMethod<TService, TRequest, TItem, TResponse> method,
            RpcConnection connection,
            ulong callId,
            in TRequest request,
            ServerUpload<TItem> upload)
            : base(method, connection, callId, in request)
        {
            _method = method;
            _upload = upload;
            upload.EndWith(Token);
        }

        protected override bool IsStream => false;

        protected override ValueTask<TResponse> HandleAsync(TService service, in TRequest request, CancellationToken cancellationToken) =>
            _method._handler(service, in request, _upload, cancellationToken);

        protected override Task CompleteAsync(TResponse result, CancellationToken cancellationToken)
        {
            _response = result;
            return Task.CompletedTask;
        }

        protected override RpcStatusCode Reply(byte[]? headers) =>
            Connection.WriteResponse(Id, Called.FullName, _method._responses, _response!, headers);

        protected override void CloseUpload() => _upload.Close();
    }
}
