using System.Buffers;
using SourceGen.Rpc.Client;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Security;
using SourceGen.Rpc.Streams;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Server;

/// <summary>A method with streams, bound to its implementation and to the serializers of one codec.</summary>
/// <typeparam name="TService">The service interface.</typeparam>
/// <typeparam name="TRequest">The ordinary arguments.</typeparam>
/// <typeparam name="TResult">What the handler comes to: a result, or the stream that is one.</typeparam>
internal abstract class StreamServerMethod<TService, TRequest, TResult> : ServerMethod
    where TService : class
    where TRequest : struct
{
    private readonly ISerializer<TRequest> _requests;
    private readonly StreamServing<TService> _serving;
    private readonly ErrorPolicy _errors;
    private readonly bool _takesStream;
    private readonly RpcFilterNext<TRequest, TResult>? _filters;
    private readonly UnaryHandler<Call, TRequest, NoResponse>? _counted;
    private readonly TypeShape<TRequest> _shape;

    /// <param name="method">The contract's method.</param>
    /// <param name="shape">Its ordinary arguments.</param>
    /// <param name="codec">The codec.</param>
    /// <param name="serving">What else serves it.</param>
    /// <param name="takesStream">Whether the caller sends a stream.</param>
    protected StreamServerMethod(
        RpcMethod method, TypeShape<TRequest> shape, ICodec codec, StreamServing<TService> serving, bool takesStream)
        : base(method)
    {
        _shape = shape;
        _requests = codec.GetSerializer(shape);
        _serving = serving;
        _errors = serving.Errors.For(method, codec);
        _takesStream = takesStream;
        _filters = serving.Filters.Around<TRequest, TResult>(method, static call => Call.Filtered.Of(call).HandleAsync());
        _counted = serving.Counts?.Count<Call, TRequest, NoResponse>(
            method, static (Call call, in TRequest _, CancellationToken cancellationToken) => call.ServeAsync(cancellationToken));
    }

    public override bool TakesStream => _takesStream;

    public override ServerCall? Accept(
        RpcConnection connection, ulong callId, bool oneWay, in ReadOnlySequence<byte> arguments, out ErrorMessage? refusal)
    {
        refusal = Check(connection, callId, oneWay);
        if (refusal is not null) return null;
        try
        {
            return Decode(connection, callId, oneWay, arguments);
        }
        catch (Exception e)
        {
            refusal = connection.NoteUnreadable(Method, e);
            return null;
        }
    }

    public override bool HasStream => true;

    public override ErrorMessage? Check(RpcConnection connection, ulong callId, bool oneWay)
    {
        if (oneWay)
        {
            throw new ProtocolException($"{connection.RemoteAddress} sent a one-way request for {Method.FullName}, which has a stream");
        }

        return connection.Streams.AreSupported && _takesStream == connection.Streams.Inbound.ContainsKey(CallTable.SlotOf(callId))
            ? null
            : new ErrorMessage(RpcStatusCode.InvalidArgument, WhyNot(connection), Refused: true);
    }

    public override ServerCall Decode(RpcConnection connection, ulong callId, bool oneWay, in ReadOnlySequence<byte> arguments) =>
        CreateCall(connection, callId, _requests.Deserialize(arguments));

    /// <summary>Makes the call, and connects its stream with what the receiver knows of it.</summary>
    protected abstract Call CreateCall(RpcConnection connection, ulong callId, in TRequest request);

    /// <summary>Makes the reader of the stream that the caller sends. For the receiver alone, while it accepts the request.</summary>
    protected ServerUpload<TItem> ConnectUpload<TItem>(RpcConnection connection, ulong callId, ItemFormat<TItem> format)
    {
        ServerUpload<TItem> upload = new(connection, callId, Method.FullName, format);
        connection.Streams.Inbound[CallTable.SlotOf(callId)].Reader = upload;
        return upload;
    }

    private string WhyNot(RpcConnection connection)
    {
        if (!connection.Streams.AreSupported)
            return $"{Method.FullName} has a stream, and the caller's hello does not say that it supports streams.";
        return _takesStream
            ? $"{Method.FullName} takes a stream, and the request has none."
            : $"{Method.FullName} takes no stream, and the request has one.";
    }

    /// <summary>
    /// One call. It is made once and not pooled: credit and stops may name it when it is over. It always can be cancelled, whether the
    /// handler takes a token or not, because its streams can.
    /// </summary>
    protected abstract class Call : ServerCall, IAwaitsVerdict
    {
        private readonly StreamServerMethod<TService, TRequest, TResult> _method;
        private readonly TRequest _request;
        private IAsyncDisposable? _lease;
        private PendingAccess? _access;

        protected Call(StreamServerMethod<TService, TRequest, TResult> method, RpcConnection connection, ulong callId, in TRequest request)
        {
            _method = method;
            _request = request;
            Begin(connection, callId, oneWay: false);
        }

        public override bool IsCancellable => true;

        protected override RpcMethod Called => _method.Method;

        public override void Run() => _ = RunAsync();

        /// <summary>Runs the filters and the handler, and sends what comes of it.</summary>
        public async ValueTask<NoResponse> ServeAsync(CancellationToken cancellationToken)
        {
            TResult result;
            if (_method._filters is { } filters)
            {
                Filtered filtered = new(this) { CancellationToken = cancellationToken };
                filtered.Request = _request;
                _lease = filtered;
                result = await filters(filtered).ConfigureAwait(false);
                cancellationToken = filtered.CancellationToken;
            }
            else
            {
                TService service = _method._serving.Source.Shared ?? _method._serving.Source.Activate(out _lease);
                result = await HandleAsync(service, in _request, cancellationToken).ConfigureAwait(false);
            }

            if (result is null && IsStream) throw NoStream();
            await CompleteAsync(result, cancellationToken).ConfigureAwait(false);
            return default;
        }

        /// <summary>Whether the result is a stream.</summary>
        protected abstract bool IsStream { get; }

        /// <summary>Runs the handler.</summary>
        protected abstract ValueTask<TResult> HandleAsync(TService service, in TRequest request, CancellationToken cancellationToken);

        /// <summary>Sends a stream to its end, or keeps a result for the reply.</summary>
        protected abstract Task CompleteAsync(TResult result, CancellationToken cancellationToken);

        /// <summary>Writes the reply of a call that has succeeded.</summary>
        /// <returns>What was written.</returns>
        protected virtual RpcStatusCode Reply(byte[]? headers) =>
            Connection.WriteResponse(Id, Called.FullName, NoResponse.Serializer.Instance, default, headers);

        /// <summary>
        /// Ends the stream that the caller sends, before the reply tells the caller that what it had sent does not count any more.
        /// </summary>
        protected virtual void CloseUpload()
        {
        }

        /// <summary>
        /// Ends the stream of results, after the reply has told the caller so: only then may others send what it had outstanding.
        /// </summary>
        protected virtual void CloseDownload()
        {
        }

        protected override void Recycle()
        {
        }

        /// <summary>The caller has to be judged first; its stream is on its way already.</summary>
        void IAwaitsVerdict.AwaitVerdict(PendingAccess access) => _access = access;

        private async Task<Exception?> EstablishCallerAsync()
        {
            try
            {
                AccessVerdict verdict = await _access!.DecideAsync(Token).ConfigureAwait(false);
                if (verdict.Refusal is { } refusal) return new CallRefusedException(refusal);
                SetUser(verdict.User);
                return null;
            }
            catch (OperationCanceledException)
            {
                return NeverStarted;
            }
        }

        private async Task RunAsync()
        {
            Exception? error = _access is null ? null : await EstablishCallerAsync().ConfigureAwait(false);
            if (error is null) error = Enter();
            else BeginSpan();
            if (error is null)
            {
                try
                {
                    if (_method._counted is { } counted) await counted(this, in _request, Token).ConfigureAwait(false);
                    else await ServeAsync(Token).ConfigureAwait(false);
                }
                catch (Exception e)
                {
                    error = e is ItemEncodingException encoding ? CannotEncode(encoding) : e;
                }
            }

            CloseUpload();
            bool cancelled = FinishHandler();
            if (error is not null) Answer(_method._errors, Called, error, cancelled);
            else if (TryEnd(out byte[]? headers)) Replied(Reply(headers));
            CloseDownload();
            Finish(_lease);
        }

        private InvalidOperationException NoStream() =>
            new($"The implementation of {Called.FullName} returned null instead of a stream; return an empty one.");

        private RpcException CannotEncode(ItemEncodingException error) => error.InnerException is RpcException rpc
            ? rpc
            : new RpcException(
                RpcStatusCode.Internal, $"An item of {Called.FullName} cannot be encoded: {error.Message}", error.InnerException);

        /// <summary>What filters see of the call; it holds the implementation and the scope once somebody needs them.</summary>
        public sealed class Filtered(Call call)
            : RpcFilterCall<TRequest>(call.Called, call._method._shape, hasResult: true), IAsyncDisposable
        {
            private IServiceProvider? _services;
            private IAsyncDisposable? _scopeLease;
            private TService? _service;
            private IAsyncDisposable? _serviceLease;

            private StreamServing<TService> Serving => call._method._serving;

            public override IServiceProvider? Services => _services ??= Serving.Scopes?.CreateScope(out _scopeLease);

            public static Filtered Of(RpcFilterCall<TRequest> call) => call as Filtered ?? throw new InvalidOperationException(
                $"A filter of {call.Method} called what is behind it with another call than the one it was given.");

            public ValueTask<TResult> HandleAsync()
            {
                _service ??= Serving.Source.Shared ?? Serving.Source.Activate(Services, out _serviceLease);
                return call.HandleAsync(_service, in Request, CancellationToken);
            }

            public async ValueTask DisposeAsync()
            {
                try
                {
                    if (_serviceLease is not null) await _serviceLease.DisposeAsync().ConfigureAwait(false);
                }
                finally
                {
                    if (_scopeLease is not null) await _scopeLease.DisposeAsync().ConfigureAwait(false);
                }
            }
        }
    }
}
