namespace SourceGen.Rpc.Server.Overload;

/// <summary>
/// Lets as many calls run as <see cref="VegasLimit"/> finds to be good, has the next ones wait for a short time, and refuses the others.
/// </summary>
/// <remarks>
/// <para>
/// A call's time counts from when it is let in by the receiver to its reply. So it has the time in which it waits for the calls before it
/// in its batch, which run one after the other on one thread; a limiter that looked only at handlers would see none of a processor's load.
/// </para>
/// <para>
/// A call that finds room costs one interlocked operation to get in, and two when it is over; the lock is taken only where calls wait. A
/// place that becomes free while another thread decides to wait is not lost: who leaves gives the place back and then looks for who waits,
/// who waits joins the queue and then looks for a place.
/// </para>
/// <para>
/// The queue is for bursts, and bounded by time: the controlled delay of Facebook ("Fail at Scale", ACM Queue 13-8, 2015) after CoDel
/// (Nichols and Jacobson, "Controlling Queue Delay", ACM Queue 10-5, 2012). While it was empty a moment ago a call may wait for long. A
/// queue that does not become empty is an overload: waiting is then kept to a fraction of a call's own time, or to as much more as keeps
/// the places taken where calls arrive in batches. What cannot be run within that is refused when it arrives, so that its caller can go
/// elsewhere at once.
/// </para>
/// </remarks>
internal sealed class AdaptiveLimiter : IDisposable
{
    /// <summary>Of the time that a call takes to run: how long it may wait during an overload.</summary>
    private const double OverloadWait = 0.3;

    /// <summary>An overload is over when no more than this share of the limit was used, and nobody was refused.</summary>
    private const double Relaxed = 0.7;

    /// <summary>When less than this share is used though calls are refused, calls do not wait for long enough.</summary>
    private const double Starved = 0.9;

    /// <summary>When more is used, they may wait for longer than they need to.</summary>
    private const double Sated = 0.95;

    /// <summary>Windows after which the time without load is measured for the first time: a server may start into an overload.</summary>
    private const int FirstProbe = 5;

    /// <summary>Windows between two measurements, once it was measured some times: each time twice as many, up to this.</summary>
    private const int WindowsBetweenProbes = 50;

    /// <summary>A probe waits at most so many windows for the calls before it to end.</summary>
    private const int LongestDrain = 10;

    /// <summary>How often the queue is looked through while calls wait, for those whose time has passed.</summary>
    private static readonly TimeSpan s_sweep = TimeSpan.FromMilliseconds(10);

    private readonly RpcAdaptiveLimit _options;
    private readonly TimeProvider _time;
    private readonly Action<WaitingCall> _run;
    private readonly Action<WaitingCall> _shed;
    private readonly VegasLimit _vegas;
    private readonly long _window;
    private readonly double _secondsPerTick;
    private readonly Lock _gate = new();
    private readonly CallQueue _queue = new();
    private readonly Func<WaitingCall, bool> _isOverdue;
    private readonly ITimer _sweeper;
    private MethodLatency[] _methods = [];
    private int _running;
    private volatile int _limit;
    private int _peak;
    private int _waiting;
    private int _closing;
    private long _windowBegan;
    private long _windowEnds;
    private long _countFrom;
    private volatile Phase _phase;
    private int _probeLimit;
    private long _drainEnds;
    private int _sinceProbe;
    private int _probeAfter = FirstProbe;
    private bool _wasBusy;
    private double _meanSeconds;
    private double _used;
    private long _queuedSince;
    private volatile bool _overloaded;
    private double _overloadWait;
    private bool _hasRefused;
    private bool _isDisposed;

    /// <param name="options">What bounds it.</param>
    /// <param name="run">Has a call run that has waited, on another thread.</param>
    /// <param name="shed">
    /// Has a call answered that has waited in vain, on another thread: its handler does not run. It is called under a lock.
    /// </param>
    public AdaptiveLimiter(RpcAdaptiveLimit options, Action<WaitingCall> run, Action<WaitingCall> shed)
    {
        _options = options;
        _time = options.TimeProvider;
        _run = run;
        _shed = shed;
        _vegas = new VegasLimit(options.MinLimit, options.MaxLimit, options.InitialLimit, options.Tolerance);
        _limit = (int)_vegas.Limit;
        _secondsPerTick = 1.0 / _time.TimestampFrequency;
        _window = (long)(options.Window.TotalSeconds * _time.TimestampFrequency);
        _windowBegan = _time.GetTimestamp();
        _windowEnds = _windowBegan + _window;
        _isOverdue = IsOverdue;
        _sweeper = _time.CreateTimer(
            static limiter => ((AdaptiveLimiter)limiter!).Sweep(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private enum Phase
    {
        /// <summary>Calls are measured under the limit.</summary>
        Normal,

        /// <summary>The limit is lowered, and calls that began under the higher one are still running.</summary>
        Draining,

        /// <summary>Calls are measured under the lowered limit.</summary>
        Probing,
    }

    /// <summary>How many calls may run at once.</summary>
    public int Limit => _limit;

    /// <summary>How many run.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>How many wait.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Whether calls are kept from waiting for long.</summary>
    public bool IsOverloaded => _overloaded;

    /// <summary>Begins to measure a method. Before calls are let in.</summary>
    public MethodLatency Track()
    {
        MethodLatency latency = new();
        _methods = [.. _methods, latency];
        return latency;
    }

    /// <summary>Asks for a call to be let in.</summary>
    /// <param name="ticket">
    /// The call's priority, size and method. Afterwards whether it waits: then <see cref="Wait"/> follows, or <see cref="Withdraw"/>.
    /// </param>
    /// <param name="remainingMs">How long its caller waits; negative for as long as it takes.</param>
    /// <returns>False when it is to be refused.</returns>
    public bool TryEnter(ref CallTicket ticket, long remainingMs)
    {
        long now = _time.GetTimestamp();
        ticket.Since = now;
        if (Volatile.Read(ref _waiting) == 0 && TryRun()) return true;
        lock (_gate)
        {
            if (!MayWait(ticket, remainingMs, now)) return false;
            ticket.Waits = true;
            Interlocked.Increment(ref _waiting);
            return true;
        }
    }

    /// <summary>A call that was let in to wait does so from now on: another thread may run it at any moment.</summary>
    public void Wait(WaitingCall call)
    {
        lock (_gate)
        {
            if (_queue.Count == 0)
            {
                _queuedSince = call.Ticket.Since;
                if (!_isDisposed) _sweeper.Change(s_sweep, s_sweep);
            }

            _queue.Add(call);
        }

        Pump();
    }

    /// <summary>A call that was let in does not come about.</summary>
    public void Withdraw(in CallTicket ticket)
    {
        if (ticket.Waits) Interlocked.Decrement(ref _waiting);
        else Interlocked.Decrement(ref _running);
        Pump();
    }

    /// <summary>A call that ran is over.</summary>
    public void Exit(in CallTicket ticket)
    {
        long now = _time.GetTimestamp();
        if (ticket.Since >= Volatile.Read(ref _countFrom)) ticket.Latency!.Add((now - ticket.Since) * _secondsPerTick);
        int running = Interlocked.Decrement(ref _running);
        if (now >= Volatile.Read(ref _windowEnds) || (_phase == Phase.Draining && running <= _probeLimit)) CloseWindow(now);
        if (Volatile.Read(ref _waiting) > 0) Pump();
    }

    /// <summary>No call is let in any more, and those that wait do so in vain.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            while (_queue.Take() is { } call) Shed(call);
        }

        _sweeper.Dispose();
    }

    private bool TryRun()
    {
        int running = Volatile.Read(ref _running);
        while (running < _limit)
        {
            int seen = Interlocked.CompareExchange(ref _running, running + 1, running);
            if (seen == running)
            {
                if (running >= _peak) _peak = running + 1; // Two threads may write; a peak that is too low by one does no harm.
                return true;
            }

            running = seen;
        }

        return false;
    }

    /// <summary>Whether a call may join the queue, for which less important ones may have to leave it.</summary>
    private bool MayWait(in CallTicket ticket, long remainingMs, long now)
    {
        if (_isDisposed) return false;
        if (!_overloaded && _queue.Count > 0 && now - _queuedSince > _window)
        {
            _overloaded = true;
            _overloadWait = 0;
            _used = 1; // As long as calls wait, all places are taken.
        }

        double wait = (_queue.CountAhead(ticket.Priority) + 1) * _meanSeconds / _limit;
        if (remainingMs >= 0 && (wait + ticket.Latency!.Unloaded) * 1000 > remainingMs) return false;

        // One may wait in any case, so that no place stays free.
        if (wait > LongestWait && _queue.CountAhead(ticket.Priority) > 0)
        {
            _hasRefused = true;
            return false;
        }

        while (_waiting >= _options.QueueLength || _queue.Bytes + ticket.Size > _options.QueueBytes)
        {
            if (_queue.TakeBelow(ticket.Priority) is not { } victim) return false;
            Shed(victim);
        }

        return true;
    }

    private double LongestWait => _overloaded
        ? Math.Min(Math.Max(_overloadWait, _meanSeconds * OverloadWait), _options.MaxQueueTime.TotalSeconds)
        : _options.MaxQueueTime.TotalSeconds;

    /// <summary>Runs calls that wait for as long as there is room.</summary>
    private void Pump()
    {
        while (TryTakeNext() is { } next) _run(next);
    }

    private WaitingCall? TryTakeNext()
    {
        lock (_gate)
        {
            if (_queue.Count == 0 || !TryRun()) return null;
            long now = _time.GetTimestamp();
            double longest = LongestWait * 2; // What was to be expected when it came, and as much again.
            while (_queue.Take() is { } next)
            {
                if (next.IsGivenUp || (now - next.Ticket.Since) * _secondsPerTick > longest)
                {
                    Shed(next);
                    continue;
                }

                Interlocked.Decrement(ref _waiting);
                next.Ticket.Waits = false;
                next.Ticket.Since = now;
                return next;
            }

            Interlocked.Decrement(ref _running);
            return null;
        }
    }

    /// <summary>Takes those out of the queue whose time has passed while nothing else moved it.</summary>
    private void Sweep()
    {
        lock (_gate)
        {
            if (_queue.TakeWhere(_isOverdue) is { } overdue)
            {
                foreach (WaitingCall call in overdue) Shed(call);
            }

            if (_queue.Count == 0 && !_isDisposed) _sweeper.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        Pump();
    }

    private bool IsOverdue(WaitingCall call) =>
        call.IsGivenUp || _time.GetElapsedTime(call.Ticket.Since) > _options.MaxQueueTime;

    /// <summary>A call that was taken out of the queue is not run.</summary>
    private void Shed(WaitingCall call)
    {
        _hasRefused = true;
        Interlocked.Decrement(ref _waiting);
        call.Ticket.Latency = null; // It never ran.
        _shed(call);
    }

    /// <summary>A window is over: the limit is set anew, by whichever thread comes first.</summary>
    private void CloseWindow(long now)
    {
        if (Interlocked.CompareExchange(ref _closing, 1, 0) != 0) return;
        try
        {
            switch (_phase)
            {
                case Phase.Draining: Drain(now); break;
                case Phase.Probing: Learn(now); break;
                default: Adapt(now); break;
            }
        }
        finally
        {
            Volatile.Write(ref _closing, 0);
        }
    }

    private void Adapt(long now)
    {
        if (!TryMeasure(now, out double slowdown, out int calls, out double seconds)) return;
        int limit = _limit;
        int peak = Math.Min(_peak, limit);
        double elapsed = (now - _windowBegan) * _secondsPerTick;
        _used += 0.3 * (Math.Min(1, seconds / (elapsed * limit)) - _used);
        _meanSeconds = _meanSeconds == 0 ? seconds / calls : _meanSeconds + (0.3 * ((seconds / calls) - _meanSeconds));
        if (_overloaded) Relax();
        _vegas.Update(slowdown, peak);
        _wasBusy |= peak > limit / 2;
        if (++_sinceProbe >= _probeAfter && _wasBusy) BeginProbe(now);
        else BeginWindow(now, (int)_vegas.Limit);
    }

    /// <summary>Looks whether the overload is over, and whether waiting for so short a time leaves places free.</summary>
    private void Relax()
    {
        lock (_gate)
        {
            if (_used < Relaxed && !_hasRefused) _overloaded = false;
            else if (_used < Starved) _overloadWait = LongestWait * 1.5;
            else if (_used > Sated) _overloadWait *= 0.8;
            _hasRefused = false;
        }
    }

    /// <summary>Compares each method's calls with how they are without load.</summary>
    private bool TryMeasure(long now, out double slowdown, out int calls, out double seconds)
    {
        double expected = 0;
        seconds = 0;
        calls = 0;
        bool isQuiet = _phase == Phase.Normal && _peak <= _limit / 2;
        bool isLowest = _phase == Phase.Probing || _limit <= _options.MinLimit;
        foreach (MethodLatency method in _methods)
        {
            if (!method.TryTake(out int count, out double sum)) continue;
            double mean = Math.Max(sum / count, 1e-7);
            if (method.Unloaded == 0) method.Unloaded = mean;
            expected += count * method.Unloaded;
            seconds += sum;
            calls += count;

            // A probe tells, or the lowest limit: there is no less load than that. What is seen far below the limit may pull a little, up or
            // down; a shorter time is always welcome.
            double difference = mean - method.Unloaded;
            if (isLowest) method.Unloaded += 0.5 * difference;
            else if (isQuiet && Math.Abs(difference) < method.Unloaded * _options.Tolerance / 2) method.Unloaded += 0.05 * difference;
            else if (difference < 0) method.Unloaded += 0.2 * difference;
        }

        if (isQuiet && calls > 0) _probeAfter = WindowsBetweenProbes; // The time without load is known now.
        slowdown = calls == 0 ? 1 : seconds / expected;
        if (calls > 0) return true;
        Volatile.Write(ref _windowEnds, now + (_window / 2)); // Too few to go by; the window becomes longer.
        return false;
    }

    /// <summary>Half of the limit for a moment, to see how long calls take then.</summary>
    private void BeginProbe(long now)
    {
        _sinceProbe = 0;
        _probeAfter = Math.Min(_probeAfter * 2, WindowsBetweenProbes);
        _wasBusy = false;
        _probeLimit = Math.Max(_options.MinLimit, (int)(_vegas.Limit / 2));
        _drainEnds = now + (LongestDrain * _window);
        Volatile.Write(ref _countFrom, long.MaxValue);
        _phase = Phase.Draining;
        BeginWindow(now, _probeLimit);
    }

    private void Drain(long now)
    {
        if (Running <= _probeLimit)
        {
            foreach (MethodLatency method in _methods) method.Clear();
            Volatile.Write(ref _countFrom, now);
            _phase = Phase.Probing;
            BeginWindow(now, _probeLimit);
        }
        else if (now >= _drainEnds)
        {
            EndProbe(now); // Its calls are too long for it.
        }
    }

    private void Learn(long now)
    {
        if (TryMeasure(now, out _, out _, out _)) EndProbe(now);
    }

    private void EndProbe(long now)
    {
        Volatile.Write(ref _countFrom, now);
        _phase = Phase.Normal;
        BeginWindow(now, (int)_vegas.Limit);
    }

    private void BeginWindow(long now, int limit)
    {
        _limit = limit;
        _peak = Running;
        _windowBegan = now;
        Volatile.Write(ref _windowEnds, now + _window);
        Pump();
    }
}
