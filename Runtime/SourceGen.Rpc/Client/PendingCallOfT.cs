using System.Buffers;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using SourceGen.Rpc.Errors;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Client;

/// <summary>
/// The awaitable of one call: a pooled <see cref="IValueTaskSource{TResult}"/> that goes back to the pool when its result is taken.
/// </summary>
/// <typeparam name="TResponse">The result; <see cref="NoResponse"/> for none.</typeparam>
internal sealed class PendingCall<TResponse> : PendingCall, IValueTaskSource<TResponse>, IValueTaskSource
{
    private readonly ItemPool _pool;
    private ManualResetValueTaskSourceCore<TResponse> _core;
    private string? _methodName;
    private ISerializer<TResponse>? _serializer;
    private CancellationTokenRegistration _registration;
    private CancellationTokenRegistration _inheritedRegistration;
    private bool _registered;
    private TResponse? _response;
    private Exception? _error;

    private PendingCall(ItemPool pool) => _pool = pool;

    public override string MethodName => _methodName!;

    public override DeclaredErrors? Errors => (_serializer as ErrorAwareSerializer<TResponse>)?.Errors;

    public short Version => _core.Version;

    /// <summary>Where free calls with this type of result are.</summary>
    public static ItemPool Pool { get; } = new();

    /// <summary>Gets a call ready to be written.</summary>
    /// <param name="pool"><see cref="Pool"/>; passed by who calls often, because finding a static of a generic type takes time.</param>
    public static PendingCall<TResponse> Rent(
        ItemPool pool, string methodName, ISerializer<TResponse> serializer, int timeoutMs, long deadline, CancellationToken cancellationToken)
    {
        PendingCall<TResponse> call = RentFree(pool, methodName, serializer, timeoutMs, deadline);
        if (cancellationToken.CanBeCanceled) call.Register(cancellationToken, inherited: default);
        return call;
    }

    /// <summary>Gets a call that is made on terms of its own ready to be written.</summary>
    public static PendingCall<TResponse> Rent(
        ItemPool pool,
        string methodName,
        ISerializer<TResponse> serializer,
        CallTerms terms,
        long deadline,
        CancellationToken cancellationToken)
    {
        PendingCall<TResponse> call = RentFree(pool, methodName, serializer, terms.TimeoutMs, deadline);
        call.Terms = terms;
        if (cancellationToken.CanBeCanceled || terms.Inherited.CanBeCanceled) call.Register(cancellationToken, terms.Inherited);
        return call;
    }

    private static PendingCall<TResponse> RentFree(
        ItemPool pool, string methodName, ISerializer<TResponse> serializer, int timeoutMs, long deadline)
    {
        PendingCall<TResponse> call = pool.Rent() is { } free ? Unsafe.As<PendingCall<TResponse>>(free) : new PendingCall<TResponse>(pool);
        call._methodName = methodName;
        call._serializer = serializer;
        call.TimeoutMs = timeoutMs;
        call.Deadline = deadline;
        return call;
    }

    public override void Written(long use)
    {
        if (_registered) CancelIfRequested(use);
    }

    /// <summary>The call was never written: back to the pool.</summary>
    public void Return()
    {
        if (IsObserved) Observe(default);
        if (!_registered || Unregister()) Recycle();
    }

    public override void Decode(in ReadOnlySequence<byte> payload)
    {
        try
        {
            _response = _serializer!.Deserialize(payload);
        }
        catch (Exception e)
        {
            _error = new RpcException(
                RpcStatusCode.Internal, $"The result of {MethodName} from {Connection!.RemoteAddress} cannot be read: {e.Message}", e);
        }
    }

    public override void SetError(Exception error) => _error = error;

    /// <summary>Completes the call: the caller's continuation runs here.</summary>
    public override void Run()
    {
        // Read first: the continuation gives this object back to the pool.
        RpcConnection connection = Connection!;
        string methodName = MethodName;
        if (IsObserved) EndObservation(_error);
        try
        {
            if (_error is null) _core.SetResult(_response!);
            else _core.SetException(_error);
        }
        catch (Exception e)
        {
            // Only a continuation that was attached by hand can throw; it is not the connection's fault, nor that of its other calls.
            connection.ContinuationFailed(methodName, e);
        }
    }

    public TResponse GetResult(short token)
    {
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            // A cancellation callback that has begun may still hold this object; then the garbage collector has it.
            if (!_registered || Unregister()) Recycle();
        }
    }

    void IValueTaskSource.GetResult(short token) => GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void Register(CancellationToken cancellationToken, CancellationToken inherited)
    {
        SetTokens(cancellationToken, inherited);
        _registered = true;
        if (cancellationToken.CanBeCanceled)
        {
            _registration = cancellationToken.UnsafeRegister(
                static call => ((PendingCall<TResponse>)call!).OnCancelled(CancelledBy.Token), this);
        }

        if (inherited.CanBeCanceled && inherited != cancellationToken)
        {
            _inheritedRegistration = inherited.UnsafeRegister(
                static call => ((PendingCall<TResponse>)call!).OnCancelled(CancelledBy.Inherited), this);
        }
    }

    /// <summary>Ends both registrations.</summary>
    /// <returns>False when a callback has begun, or has run.</returns>
    private bool Unregister()
    {
        bool free = _registration == default || _registration.Unregister();
        return (_inheritedRegistration == default || _inheritedRegistration.Unregister()) && free;
    }

    private void Recycle()
    {
        _core.Reset();
        _methodName = null;
        _serializer = null;
        _registration = default;
        _inheritedRegistration = default;
        Terms = null;
        _registered = false;
        _response = default;
        _error = null;
        _pool.Return(this);
    }
}
