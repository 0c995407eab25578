using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Streams;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Server;

/// <summary>A method whose result is a stream.</summary>
internal sealed class ServerStreamServerMethod<TService, TRequest, TItem>(
    ServerStreamMethod<TService, TRequest, TItem> method,
    ISerializer<TRequest> requests,
    ItemFormat<TItem> format,
    ServiceSource<TService> source,
    ErrorPolicy errors)
    : StreamServerMethod<TService, TRequest>(method, requests, source, errors, takesStream: false)
    where TService : class
    where TRequest : struct
{
    private readonly ServerStreamHandler<TService, TRequest, TItem> _handler = method.Handler;
    private readonly ItemFormat<TItem> _format = format;

    protected override Call CreateCall(RpcConnection connection, ulong callId, in TRequest request) =>
        new StreamCall(this, connection, callId, request);

    private sealed class StreamCall(
        ServerStreamServerMethod<TService, TRequest, TItem> method, RpcConnection connection, ulong callId, TRequest request)
        : Call(method, connection, callId)
    {
        private readonly ServerDownload<TItem> _download = new(connection, callId, method._format);

        protected override Task HandleAsync(TService service, CancellationToken cancellationToken)
        {
            IAsyncEnumerable<TItem> items = method._handler(service, in request, cancellationToken) ?? throw NoStream(Called);
            return _download.SendAsync(items, cancellationToken);
        }

        protected override void Reply(byte[]? headers) => Connection.WriteResponse(Id, Called.FullName, NoResponse.Serializer.Instance, default, headers);

        protected override void CloseDownload() => _download.Close();
    }
}
