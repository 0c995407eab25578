using System.Buffers;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Streams;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Server;

/// <summary>A method with streams, bound to its implementation and to the serializers of one codec.</summary>
/// <param name="method">The contract's method.</param>
/// <param name="requests">Reads the ordinary arguments.</param>
/// <param name="source">Where implementations come from.</param>
/// <param name="errors">What callers are told.</param>
/// <param name="takesStream">Whether the caller sends a stream.</param>
internal abstract class StreamServerMethod<TService, TRequest>(
    RpcMethod method, ISerializer<TRequest> requests, ServiceSource<TService> source, ErrorPolicy errors, bool takesStream)
    : ServerMethod(method)
    where TService : class
    where TRequest : struct
{
    private readonly ServiceSource<TService> _source = source;
    private readonly ErrorPolicy _errors = errors;

    public override ServerCall? Accept(RpcConnection connection, ulong callId, bool oneWay, in ReadOnlySequence<byte> arguments)
    {
        if (oneWay) throw new ProtocolException($"{connection.RemoteAddress} sent a one-way request for {Method.FullName}, which has a stream");
        if (!connection.Streams.AreSupported || takesStream != connection.Streams.Inbound.ContainsKey(Client.CallTable.SlotOf(callId)))
        {
            string detail = connection.Streams.AreSupported
                ? $"{Method.FullName} {(takesStream ? "takes a stream, and the request has none" : "takes no stream, and the request has one")}."
                : $"{Method.FullName} has a stream, and the caller's hello does not say that it supports streams.";
            connection.Refuse(callId, new ErrorMessage(RpcStatusCode.InvalidArgument, detail, Refused: true));
            return null;
        }

        try
        {
            return CreateCall(connection, callId, requests.Deserialize(arguments));
        }
        catch (Exception e)
        {
            connection.RefuseArguments(callId, oneWay, Method, e);
            return null;
        }
    }

    /// <summary>What a handler did wrong that returned null.</summary>
    protected static InvalidOperationException NoStream(RpcMethod method) =>
        new($"The implementation of {method.FullName} returned null instead of a stream; return an empty one.");

    /// <summary>Makes the call, and connects its stream with what the receiver knows of it.</summary>
    protected abstract Call CreateCall(RpcConnection connection, ulong callId, in TRequest request);

    /// <summary>Makes the reader of the stream that the caller sends. Only the receiver may call it, while it accepts the request.</summary>
    protected ServerUpload<TItem> ConnectUpload<TItem>(RpcConnection connection, ulong callId, ItemFormat<TItem> format)
    {
        ServerUpload<TItem> upload = new(connection, callId, Method.FullName, format);
        connection.Streams.Inbound[Client.CallTable.SlotOf(callId)].Reader = upload;
        return upload;
    }

    /// <summary>
    /// One call. It is made once and not pooled: credit and stops may name it when it is over. It always can be cancelled, whether the
    /// handler takes a token or not, because its streams can.
    /// </summary>
    protected abstract class Call : ServerCall
    {
        private readonly StreamServerMethod<TService, TRequest> _method;
        private readonly ServiceSource<TService> _source;
        private readonly ErrorPolicy _errors;
        private IAsyncDisposable? _lease;

        protected Call(StreamServerMethod<TService, TRequest> method, RpcConnection connection, ulong callId)
        {
            _method = method;
            _source = method._source;
            _errors = method._errors;
            Begin(connection, callId, oneWay: false);
        }

        public override bool IsCancellable => true;

        protected override RpcMethod Called => _method.Method;

        public override void Run() => _ = RunAsync();

        /// <summary>Runs the handler and all of its streams.</summary>
        protected abstract Task HandleAsync(TService service, CancellationToken cancellationToken);

        /// <summary>Writes the reply of a call whose handler has finished.</summary>
        /// <param name="headers">What goes out with it; null for nothing.</param>
        protected abstract void Reply(byte[]? headers);

        /// <summary>Ends the stream that the caller sends, before the reply tells the caller that what it had sent does not count any more.</summary>
        protected virtual void CloseUpload()
        {
        }

        /// <summary>Ends the stream of results, after the reply has told the caller so: only then may others send what it had outstanding.</summary>
        protected virtual void CloseDownload()
        {
        }

        protected override void Recycle()
        {
        }

        private async Task RunAsync()
        {
            Exception? error = Enter();
            try
            {
                if (error is not null) return;
                TService service = _source.Shared ?? _source.Activate(out _lease);
                await HandleAsync(service, Token).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                error = e is ItemEncodingException encoding ? CannotEncode(encoding) : e;
            }
            finally
            {
                End(error);
            }
        }

        private void End(Exception? error)
        {
            CloseUpload();
            bool cancelled = FinishHandler();
            if (error is not null) Answer(_errors, Called, error, cancelled);
            else if (TryEnd(out byte[]? headers)) Reply(headers);
            CloseDownload();
            Finish(_lease);
        }

        private RpcException CannotEncode(ItemEncodingException error) => error.InnerException is RpcException rpc
            ? rpc
            : new RpcException(RpcStatusCode.Internal, $"An item of {Called.FullName} cannot be encoded: {error.Message}", error.InnerException);
    }
}
