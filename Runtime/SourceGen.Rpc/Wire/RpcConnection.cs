using System.IO.Pipelines;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Client;
using SourceGen.Rpc.Server;
using SourceGen.Rpc.Streams;
using SourceGen.Rpc.Telemetry;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Wire;

/// <summary>
/// One open connection after its handshake, and the same on both sides. This part holds what belongs to its life; receiving, frames
/// and calls are in the other parts.
/// </summary>
internal sealed partial class RpcConnection
{
    /// <summary>How often deadlines are looked at, in milliseconds.</summary>
    public const int DeadlineScanMs = 10;

    private const long NoPing = -1;

    private readonly ITransportConnection _transport;
    private readonly IPollableInput? _pollable;
    private readonly ConnectionSettings _settings;
    private readonly BatchOwnership _ownership = new();
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _closing = new();
    private RpcException? _closeReason;
    private volatile bool _isClosed;
    private volatile bool _isLeaving;
    private long _lastTickWord;
    private long _rescuedWord = -1;
    private long _lastDeadlineScan;
    private long _lastReceived;
    private long _pingSentAt = NoPing;
    private bool _unsentAtLastTick;
    private bool _servesDeadlines;
    private readonly bool _pausesWhenFull;
    private readonly bool _holdsWhenFull;

    public RpcConnection(ITransportConnection transport, ConnectionSettings settings, ServerMethod[] methods, ILogger logger)
    {
        _transport = transport;
        _pollable = transport as IPollableInput;
        _settings = settings;
        _methods = methods;
        _logger = logger;
        _input = transport.Input;
        _onReadable = OnReadable;
        // A peer without services is never called, and its word should not size a table then.
        int calls = settings.Peer.Services.Count == 0 ? 0 : settings.Peer.MaxConcurrentCalls;
        Calls = new CallTable(Math.Min(calls, RpcLimits.MostConcurrentCalls));
        Running = new RunningCalls(this, settings.Local.MaxConcurrentCalls);
        Contracts = new PeerContracts(this, settings.IsAccepted ? "client" : "server", logger);
        PeerServes = settings.Peer.Services.Count > 0;
        Admission = settings.Admission;
        Access = settings.Access;
        _pausesWhenFull = settings.IsAccepted;
        _holdsWhenFull = !settings.IsAccepted && methods.Length > 0;
        Streams = new ConnectionStreams(settings);
        Output = new ConnectionOutput(transport, _ownership, LimitsFor(settings), OnSendError);
    }

    /// <summary>
    /// Raised once, on any thread, when no further call should go out on this connection: it closed, or the peer is leaving.
    /// </summary>
    public event Action<RpcConnection>? Leaving;

    /// <summary>The sending half.</summary>
    public ConnectionOutput Output { get; }

    /// <summary>Calls that this side made.</summary>
    public CallTable Calls { get; }

    /// <summary>Calls that this side serves.</summary>
    public RunningCalls Running { get; }

    /// <summary>The codec of every argument and result.</summary>
    public ICodec Codec => _settings.Codec;

    /// <summary>What the peer said of itself.</summary>
    public HelloMessage Peer => _settings.Peer;

    /// <summary>The peer's address.</summary>
    public RpcAddress RemoteAddress => _transport.RemoteAddress;

    /// <summary>Completes when the connection is closed and its resources are released.</summary>
    public Task Closed => _closed.Task;

    /// <summary>How this side's contracts match the peer's.</summary>
    public PeerContracts Contracts { get; }

    /// <summary>Whether the connection is closed, though perhaps not released yet.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>Whether new calls may go out.</summary>
    public bool IsUsable => !_isLeaving;

    /// <summary>Begins to receive.</summary>
    public void Start()
    {
        _lastReceived = Watchdog.BusyNow;
        Instruments.Connections.Add(this);
        Link?.Attach(this, _settings.IsAccepted);
        Watchdog.Add(this, Math.Max(1, Math.Min(_settings.KeepAliveIntervalMs, _settings.KeepAliveTimeoutMs) / 4));
        Dispatch(new ReceiveWork(this, _settings.LowLatency));
    }

    /// <summary>Closes. The first reason given is the one that pending calls fail with; calling it again is harmless.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="inOrder">Whether bytes that were sent must still reach the peer.</param>
    public void Close(RpcException reason, bool inOrder = false)
    {
        lock (_closing)
        {
            if (_isClosed) return;
            _closeReason = reason; // First: whoever sees the flag reads the reason.
            _isClosed = true;
        }

        Output.Close();
        if (inOrder) _input.CancelPendingRead(); // The receiver ends, and disposes of the transport.
        else Abort(reason);
        Leave();
        FailPendingCalls(reason);
        Running.CancelAll();
        Link?.EndAll(reason);
        ResumeReceiving(); // A receiver that paused must find the end, to release the input.
    }

    /// <summary>Sends what is still unsent, tells the peer why, and closes. Calls in flight fail.</summary>
    public async Task CloseInOrderAsync(RpcException reason, TimeSpan timeout)
    {
        SendGoAway(reason.Code, reason.Detail);
        await Task.WhenAny(Output.FlushToEndAsync(), _closed.Task, Task.Delay(timeout)).ConfigureAwait(false);
        Close(reason, inOrder: true);
        await Task.WhenAny(_closed.Task, Task.Delay(timeout)).ConfigureAwait(false);
        if (!_closed.Task.IsCompleted) Abort(reason); // The receiver is stuck in a user's type, being decoded.
    }

    /// <summary>Asks the peer to make no more calls on this connection. Those that it makes all the same are served.</summary>
    public void AnnounceGoAway(RpcStatusCode code, string detail)
    {
        if (_refusal is not null || !Output.TryBegin(out FrameEncoder? encoder)) return;
        new ErrorMessage(code, detail).Write(encoder);
        Output.End(encoder, FrameType.GoAway, FrameFlags.None, 0, 0, deferrable: false);
    }

    /// <summary>
    /// Tells the peer that this side will refuse new requests, and why; only the first time. Questions for its health are answered to the
    /// end.
    /// </summary>
    public void SendGoAway(RpcStatusCode code, string detail)
    {
        if (Interlocked.CompareExchange(ref _refusal, new ErrorMessage(code, detail, Refused: true), null) is not null) return;

        // The receiver counts a request and then looks at the refusal, without a fence of its own: whoever looks at the count from here
        // on sees every request that was not refused. So no request beyond those that were seen by now is ever accepted.
        Interlocked.MemoryBarrierProcessWide();
        long accepted = Volatile.Read(ref _requestsSeen);
        if (!Output.TryBegin(out FrameEncoder? encoder)) return;
        new ErrorMessage(code, detail) { Accepted = accepted }.Write(encoder);
        Output.End(encoder, FrameType.GoAway, FrameFlags.None, 0, 0, deferrable: false);
    }

    /// <summary>The watchdog's look at the connection, about every millisecond while anything is busy.</summary>
    /// <param name="now">The engine's coarse clock.</param>
    /// <returns>Whether the connection is busy.</returns>
    public bool OnTick(long now)
    {
        bool running = FreeIfStuck();
        bool unsent = Output.HasUnsent;
        if (unsent && _unsentAtLastTick) Output.TryFlush();
        _unsentAtLastTick = unsent;
        if (now - _lastDeadlineScan >= DeadlineScanMs)
        {
            _lastDeadlineScan = now;
            if (Calls.InFlight > 0) ExpireCalls(now);
            _servesDeadlines = Running.Count > 0 && Running.CancelExpired(now);
            if (Link is { } link && link.IsServedBy(this)) _servesDeadlines |= link.EndExpired(now);
            KeepAlive(now);
        }

        return running || unsent || Calls.InFlight > 0 || _servesDeadlines;
    }

    private static OutputLimits LimitsFor(ConnectionSettings settings) => new(
        Math.Min(settings.Local.FragmentSize, settings.Peer.MaxFrameSize),
        settings.Peer.MaxMessageSize,
        settings.Local.MaxOutputBacklog,
        Math.Max(settings.Local.MaxOutputBacklog, settings.Local.MaxMessageSize));

    /// <summary>
    /// A batch that did not move for a whole tick has a thread stuck in user code. Another thread goes on with the batch; frames the
    /// stuck one corked are sent, because it may be waiting for their replies.
    /// </summary>
    private bool FreeIfStuck()
    {
        long word = _ownership.Word;
        bool running = BatchOwnership.IndexOf(word) != BatchOwnership.ReceivingIndex;
        if (running && word == _lastTickWord)
        {
            Output.TryFlush();
            if (word != _rescuedWord && Volatile.Read(ref _suspended) == 0)
            {
                _rescuedWord = word;
                EngineThreads.Run(new DrainWork(this, BatchOwnership.EpochOf(word), dedicated: true));
            }
        }

        _lastTickWord = word;
        return running;
    }

    private void KeepAlive(long now)
    {
        // While this side does not read, the peer cannot be heard: then its reading is the sign of life, if anything was to be read.
        bool paused = Volatile.Read(ref _paused) == 1 || Volatile.Read(ref _suspended) > 0;
        long heard = Volatile.Read(ref _lastReceived);
        if (paused) heard = Output.IsFull ? Math.Max(heard, Output.LastSent) : now;
        long silence = now - heard;

        // Whatever came after the ping answers it, even if so long ago by now that it is time for the next one.
        if (heard >= _pingSentAt) _pingSentAt = NoPing;
        if (silence < _settings.KeepAliveIntervalMs) return;
        if (_pingSentAt == NoPing)
        {
            // Counted from when it was sent: the silence itself may be longer, when this process did not run for a while.
            if (Output.TryPing()) _pingSentAt = now;
        }
        else if (now - _pingSentAt >= _settings.KeepAliveTimeoutMs)
        {
            _pingSentAt = long.MaxValue; // Told once; closing may have to wait for a thread.
            if (paused) ConnectionLog.PeerDoesNotRead(_logger, RemoteAddress, silence);
            else ConnectionLog.PeerSilent(_logger, RemoteAddress, silence);
            RpcException reason = Lost(paused
                ? $"{RemoteAddress} has read nothing for {silence:N0} ms, and this side has more to say than it keeps (MaxOutputBacklog)"
                : $"{RemoteAddress} was silent for {silence:N0} ms and did not answer a keep-alive ping");
            ThreadPool.UnsafeQueueUserWorkItem(static state => state.Item1.Close(state.reason), (this, reason), preferLocal: false);
        }
    }

    /// <summary>
    /// Aborts the transport, whose code may be the user's: an error there must neither stop the closing nor reach the watchdog.
    /// </summary>
    private void Abort(RpcException reason)
    {
        try
        {
            _transport.Abort(reason);
        }
        catch (Exception e)
        {
            ConnectionLog.DisposalFailed(_logger, RemoteAddress, e);
        }
    }

    private void Leave()
    {
        lock (_closing)
        {
            if (_isLeaving) return;
            _isLeaving = true;
        }

        Leaving?.Invoke(this);
    }

    private void OnSendError(Exception error) => Close(Lost($"sending to {RemoteAddress} failed: {error.Message}", error));

    private static RpcException Lost(string what, Exception? cause = null) =>
        new(RpcStatusCode.Unavailable, $"The connection is lost: {what}.", cause) { Progress = RpcCallProgress.Unknown };

    /// <summary>The receiver has met the end: nothing reads the input any more, and its resources can go.</summary>
    private void Release()
    {
        Watchdog.Remove(this);
        DropPartialMessages();
        if (_unreadable.TakeSuppressed() is > 0 and long suppressed) ConnectionLog.UnreadableSuppressed(_logger, RemoteAddress, suppressed);
        Instruments.Connections.Remove(this);
        try
        {
            _input.Complete();
            _ = ObserveAsync(_transport.DisposeAsync());
        }
        catch (Exception e)
        {
            ConnectionLog.DisposalFailed(_logger, RemoteAddress, e);
        }

        _closed.TrySetResult();
    }
}
