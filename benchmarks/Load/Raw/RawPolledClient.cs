using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace SourceGen.Rpc.Load;

/// <summary>
/// The baseline of the low-latency mode: one thread that polls a non-blocking socket and never sleeps, on both sides, with a fixed
/// number of frames in flight.
/// </summary>
internal sealed class RawPolledClient(IPEndPoint server, FrameSizes frames, int inFlight) : IContender
{
    /// <summary>What its figures are listed under.</summary>
    public const string Title = "raw polled";

    private readonly ManualResetEventSlim _begin = new();
    private LatencyHistogram _latencies = new();
    private Socket? _socket;
    private Thread? _thread;
    private LoadException? _failure;
    private long _answered;
    private volatile bool _stopping;

    public string Name => Title;

    public void Open()
    {
        _begin.Reset();
        _latencies = new LatencyHistogram();
        _failure = null;
        _answered = 0;
        _stopping = false;
        _socket = RawHello.Connect(server, frames);
        _socket.Blocking = false;
        var connection = new PolledConnection(_socket);
        _thread = new Thread(() => PollOrFail(connection)) { IsBackground = true, Name = "raw polled client" };
        _thread.Start();
    }

    public LoadSample Run(TimeSpan duration)
    {
        long start = Stopwatch.GetTimestamp();
        _begin.Set();
        Thread.Sleep(duration);
        long inTime = Volatile.Read(ref _answered);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        _stopping = true;
        if (!_thread!.Join(LoadLimits.Drain)) throw LoadLimits.NotDrained(Name, inFlight);
        return _failure is null ? new LoadSample(_answered, inTime, elapsed, _latencies) : throw _failure;
    }

    // The server's polling thread ends when it sees the connection close, so nothing polls between turns.
    public void Close()
    {
        _socket?.Dispose();
        _socket = null;
    }

    // The event has no handle to release, and a turn that was opened and never run leaves a thread waiting for it.
    public void Dispose() => Close();

    // An exception that leaves a thread ends the process without a word about which workload it was.
    private void PollOrFail(PolledConnection connection)
    {
        _begin.Wait();
        try
        {
            Poll(connection);
        }
        catch (LoadException e)
        {
            _failure = e;
        }
    }

    private void Poll(PolledConnection connection)
    {
        var flight = new FlightLog(inFlight);
        var replies = new FrameCounter(frames.Reply);
        flight.Sent(inFlight, Stopwatch.GetTimestamp());
        connection.Owe((long)inFlight * frames.Request);
        for (int outstanding = inFlight; outstanding > 0;)
        {
            if (!connection.Poll(out int bytes))
            {
                throw new LoadException($"{Name}: the connection ended with {outstanding} frames in flight.");
            }

            int answered = replies.Add(bytes);
            if (answered == 0) continue;
            long now = Stopwatch.GetTimestamp();
            flight.Answered(answered, now, _latencies);
            Volatile.Write(ref _answered, _answered + answered);
            if (_stopping)
            {
                outstanding -= answered;
                continue;
            }

            flight.Sent(answered, now);
            connection.Owe((long)answered * frames.Request);
        }
    }
}
