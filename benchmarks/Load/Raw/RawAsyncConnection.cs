using System.Diagnostics;
using System.Net.Sockets;

namespace SourceGen.Rpc.Load;

/// <summary>The client's end of an asynchronous baseline connection and the frames in flight on it.</summary>
internal sealed class RawAsyncConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly FrameSizes _frames;
    private readonly int _inFlight;
    private readonly RawSender _sender;
    private readonly FlightLog _flight;
    private readonly ManualResetEventSlim _drained = new();
    private LatencyHistogram _latencies = new();
    private FrameCounter _replies;
    private SocketError? _failure;
    private long _answered;
    private int _outstanding;
    private volatile bool _stopping;

    public RawAsyncConnection(Socket socket, FrameSizes frames, int inFlight)
    {
        _socket = socket;
        _frames = frames;
        _inFlight = inFlight;
        _flight = new FlightLog(inFlight);
        _replies = new FrameCounter(frames.Reply);
        _sender = new RawSender(socket, Fail);
        new RawReceiver(socket, OnReceived, Fail).Start();
    }

    /// <summary>Begins a new turn. Nothing is in flight, so nothing touches this state but the caller.</summary>
    public void Reset()
    {
        _latencies = new LatencyHistogram();
        _answered = 0;
        _outstanding = _inFlight;
        _stopping = false;
        if (_failure is null) _drained.Reset();
    }

    public LoadSample Run(TimeSpan duration)
    {
        long start = Stopwatch.GetTimestamp();
        _flight.Sent(_inFlight, start);
        _sender.Add((long)_inFlight * _frames.Request);
        Thread.Sleep(duration);
        long inTime = Volatile.Read(ref _answered);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        _stopping = true;
        if (!_drained.Wait(LoadLimits.Drain)) throw LoadLimits.NotDrained(RawAsyncClient.Title, Volatile.Read(ref _outstanding));
        return _failure is { } error
            ? throw new LoadException($"{RawAsyncClient.Title}: the connection ended with {_outstanding} frames in flight: {error}.")
            : new LoadSample(_answered, inTime, elapsed, _latencies);
    }

    // The event is not disposed: the receive that this aborts may still set it, and it has no handle to release.
    public void Dispose() => _socket.Dispose();

    private void OnReceived(int bytes)
    {
        int replies = _replies.Add(bytes);
        if (replies == 0) return;
        long now = Stopwatch.GetTimestamp();
        _flight.Answered(replies, now, _latencies);
        Volatile.Write(ref _answered, _answered + replies);
        if (_stopping)
        {
            _outstanding -= replies;
            if (_outstanding == 0) _drained.Set();
            return;
        }

        _flight.Sent(replies, now);
        _sender.Add((long)replies * _frames.Request);
    }

    private void Fail(SocketError error)
    {
        _failure ??= error;
        _drained.Set();
    }
}
