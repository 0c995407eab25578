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

    private PolledConnection? _connection;
    private Socket? _socket;
    private LatencyHistogram _latencies = new();
    private long _answered;
    private volatile bool _stopping;

    public string Name => Title;

    public void Open()
    {
        _socket = RawHello.Connect(server, frames);
        _socket.Blocking = false;
        _connection = new PolledConnection(_socket);
        _latencies = new LatencyHistogram();
        _answered = 0;
        _stopping = false;
    }

    public LoadSample Run(TimeSpan duration)
    {
        LoadException? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Poll();
            }
            catch (LoadException e)
            {
                failure = e;
            }
        })
        { IsBackground = true, Name = "raw polled client" };
        long start = Stopwatch.GetTimestamp();
        thread.Start();
        Thread.Sleep(duration);
        long inTime = Volatile.Read(ref _answered);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        _stopping = true;
        if (!thread.Join(LoadLimits.Drain)) throw LoadLimits.NotDrained(Name, inFlight);
        return failure is null ? new LoadSample(_answered, inTime, elapsed, _latencies) : throw failure;
    }

    // The server's polling thread ends when it sees the connection close, so nothing polls between turns.
    public void Close()
    {
        _socket?.Dispose();
        _socket = null;
    }

    public void Dispose() => Close();

    private void Poll()
    {
        PolledConnection connection = _connection!;
        var flight = new FlightLog(inFlight);
        var replies = new FrameCounter(frames.Reply);
        flight.Sent(inFlight, Stopwatch.GetTimestamp());
        connection.Owe((long)inFlight * frames.Request);
        for (int outstanding = inFlight; outstanding > 0;)
        {
            if (!connection.Poll(out int bytes)) throw new LoadException($"{Name}: the server closed the connection with {outstanding} frames in flight.");
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
