using System.Diagnostics;
using System.Net.Sockets;

namespace SourceGen.Rpc.Load;

/// <summary>One connection of the asynchronous baseline and the frames in flight on it, for one round.</summary>
internal sealed class RawAsyncRound : IDisposable
{
    private readonly Socket _socket;
    private readonly FrameSizes _frames;
    private readonly int _inFlight;
    private readonly RawSender _sender;
    private readonly RawReceiver _receiver;
    private readonly FlightLog _flight;
    private readonly LatencyHistogram _latencies = new();
    private readonly ManualResetEventSlim _drained = new();
    private FrameCounter _replies;
    private SocketError? _failure;
    private long _answered;
    private int _outstanding;
    private volatile bool _stopping;

    public RawAsyncRound(Socket socket, FrameSizes frames, int inFlight)
    {
        _socket = socket;
        _frames = frames;
        _inFlight = inFlight;
        _outstanding = inFlight;
        _flight = new FlightLog(inFlight);
        _replies = new FrameCounter(frames.Reply);
        _sender = new RawSender(socket, Fail);
        _receiver = new RawReceiver(socket, OnReceived, Fail);
    }

    public LoadSample Run(TimeSpan duration)
    {
        long start = Stopwatch.GetTimestamp();
        _flight.Sent(_inFlight, start);
        _receiver.Start();
        _sender.Add((long)_inFlight * _frames.Request);
        Thread.Sleep(duration);
        long timed = Volatile.Read(ref _answered);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        _stopping = true;
        if (!_drained.Wait(LoadLimits.Drain)) throw LoadLimits.NotDrained(RawAsyncClient.Title, Volatile.Read(ref _outstanding));
        return _failure is { } error
            ? throw new LoadException($"{RawAsyncClient.Title}: the connection ended with {_outstanding} frames in flight: {error}.")
            : new LoadSample(_answered, timed, elapsed, _latencies);
    }

    public void Dispose()
    {
        _socket.Dispose();
        // The aborted receive may still set the event after this; it has no handle to release, so it is left to the collector.
    }

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

    // The end of the stream after the last reply is the ordinary end of a round.
    private void Fail(SocketError error)
    {
        if (_drained.IsSet) return;
        _failure ??= error;
        _drained.Set();
    }
}
