using System.Buffers;
using System.Runtime.CompilerServices;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Server;

/// <summary>A method bound to its implementation and to the serializers of one codec.</summary>
internal sealed partial class TypedServerMethod<TService, TRequest, TResponse>(
    RpcMethod method,
    UnaryHandler<TService, TRequest, TResponse> handler,
    ISerializer<TRequest> requests,
    ISerializer<TResponse> responses,
    ServiceSource<TService> source,
    ErrorPolicy errors,
    CallBuffers<TRequest>? buffers,
    bool alwaysCancellable = false)
    : ServerMethod(method)
    where TService : class
    where TRequest : struct
{
    private readonly UnaryHandler<TService, TRequest, TResponse> _handler = handler;
    private readonly ISerializer<TRequest> _requests = requests;
    private readonly ISerializer<TResponse> _responses = responses;
    private readonly ServiceSource<TService> _source = source;
    private readonly ErrorPolicy _errors = errors;
    private readonly CallBuffers<TRequest>? _buffers = buffers;
    private readonly ItemPool _pool = Call.Pool;

    // A filter gets a token that works even if the method takes none.
    private readonly bool _cancellable = alwaysCancellable || (method.Options & RpcMethodOptions.Cancellable) != 0;

    public override ServerCall? Accept(
        RpcConnection connection, ulong callId, bool oneWay, in ReadOnlySequence<byte> arguments, out ErrorMessage? refusal)
    {
        refusal = null;
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

    public override ServerCall Decode(RpcConnection connection, ulong callId, bool oneWay, in ReadOnlySequence<byte> arguments)
    {
        TRequest request = _requests.Deserialize(arguments);
        Call call = _pool.Rent() is { } free ? Unsafe.As<Call>(free) : new Call(_pool);
        call.Begin(this, connection, callId, oneWay, request);
        return call;
    }

    private sealed class Call : ServerCall
    {
        private readonly ItemPool _pool;
        private readonly Action _onCompleted;
        private TypedServerMethod<TService, TRequest, TResponse>? _method;
        private TRequest _request;
        private ConfiguredValueTaskAwaitable<TResponse>.ConfiguredValueTaskAwaiter _response;
        private IAsyncDisposable? _lease;

        public Call(ItemPool pool)
        {
            _pool = pool;
            _onCompleted = OnCompleted;
        }

        /// <summary>Where free calls of these types are.</summary>
        public static ItemPool Pool { get; } = new();

        public override bool IsCancellable => _method!._cancellable;

        protected override RpcMethod Called => _method!.Method;

        public void Begin(
            TypedServerMethod<TService, TRequest, TResponse> method, RpcConnection connection, ulong id, bool oneWay, in TRequest request)
        {
            _method = method;
            _request = request;
            Begin(connection, id, oneWay);
        }

        public override void Run()
        {
            TypedServerMethod<TService, TRequest, TResponse> method = _method!;
            if (Enter() is { } late)
            {
                Fail(late);
                return;
            }

            TResponse response;
            try
            {
                TService service = method._source.Shared ?? method._source.Activate(out _lease);
                ConfiguredValueTaskAwaitable<TResponse>.ConfiguredValueTaskAwaiter awaiter =
                    method._handler(service, in _request, Token).ConfigureAwait(false).GetAwaiter();
                if (!awaiter.IsCompleted)
                {
                    _response = awaiter;
                    awaiter.UnsafeOnCompleted(_onCompleted);
                    return;
                }

                response = awaiter.GetResult();
            }
            catch (Exception e)
            {
                Fail(e);
                return;
            }

            Reply(response);
        }

        protected override void Recycle()
        {
            _method!._buffers?.Release(in _request);
            _method = null;
            _request = default;
            _response = default;
            _pool.Return(this);
        }

        private void OnCompleted()
        {
            TResponse response;
            try
            {
                response = _response.GetResult();
            }
            catch (Exception e)
            {
                Fail(e);
                return;
            }

            Reply(response);
        }

        private void Reply(in TResponse response)
        {
            FinishHandler();
            TypedServerMethod<TService, TRequest, TResponse> method = _method!;
            if (TryEnd(out byte[]? headers))
                Replied(Connection.WriteResponse(Id, method.Method.FullName, method._responses, in response, headers));
            method._buffers?.ReleaseResult(response);
            Finish(TakeLease());
        }

        private void Fail(Exception error)
        {
            bool cancelled = FinishHandler();
            TypedServerMethod<TService, TRequest, TResponse> method = _method!;
            Answer(method._errors, method.Method, error, cancelled);
            Finish(TakeLease());
        }

        private IAsyncDisposable? TakeLease()
        {
            IAsyncDisposable? lease = _lease;
            _lease = null;
            return lease;
        }
    }
}
