using SourceGen.Rpc.Streams;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Server;

/// <summary>The stream that a handler gets from its caller.</summary>
/// <typeparam name="T">The items.</typeparam>
internal sealed class ServerUpload<T> : InboundStream<T>, IAsyncEnumerable<T>
{
    private readonly ulong _id;
    private readonly string _methodName;
    private CancellationTokenRegistration _callRegistration;
    private CancellationTokenRegistration _enumeratorRegistration;
    private int _enumerated;
    private int _stopped;

    public ServerUpload(RpcConnection connection, ulong id, string methodName, ItemFormat<T> format)
        : base(connection)
    {
        _id = id;
        _methodName = methodName;
        Attach(connection, format);
    }

    /// <summary>The call's token ends the stream: the caller gave up, or is gone.</summary>
    public void EndWith(CancellationToken callToken) =>
        _callRegistration = callToken.UnsafeRegister(static (self, token) => ((ServerUpload<T>)self!).OnCallCancelled(token), this);

    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _enumerated, 1) != 0)
        {
            throw new InvalidOperationException(
                $"The caller's stream of {_methodName} was enumerated before; it comes once. Keep its items if they are needed again.");
        }

        _enumeratorRegistration = cancellationToken.UnsafeRegister(
            static (self, token) => ((ServerUpload<T>)self!).AbortAndWake(new OperationCanceledException(token)), this);
        return this;
    }

    /// <summary>The handler leaves the stream.</summary>
    public override ValueTask DisposeAsync()
    {
        _enumeratorRegistration.Unregister();
        bool stop = !HasEnded;
        AbortAndWake(new ObjectDisposedException(GetType().Name, $"The caller's stream of {_methodName} was left, or its call is over."));
        if (stop && Interlocked.Exchange(ref _stopped, 1) == 0)
            Connection!.Output.WriteStreamFrame(FrameType.StreamStop, FrameFlags.Callee, _id, value: null);
        return default;
    }

    /// <summary>The call is over: its reply will tell the caller that nobody reads.</summary>
    public void Close()
    {
        _callRegistration.Unregister();
        _stopped = 1;
        DisposeAsync();
    }

    protected override void GiveCredit(long amount)
    {
        if (Volatile.Read(ref _stopped) == 0) Connection!.WriteCredit(_id, FrameFlags.Callee, amount);
    }

    private void OnCallCancelled(CancellationToken token) =>
        AbortAndWake(Connection!.CloseReason is { } lost
            ? new RpcException(lost.Code, lost.Detail, lost)
            : new OperationCanceledException(token));

    private void AbortAndWake(Exception error)
    {
        if (Abort(error)) WakeLater();
    }
}
