namespace SourceGen.Rpc.Benchmarks.Selection.Overload;

/// <summary>A clock that a simulation moves from one event to the next. Of one thread.</summary>
internal sealed class VirtualClock : TimeProvider
{
    private readonly PriorityQueue<Action, (double Time, long Order)> _events = new();
    private long _order;

    /// <summary>Seconds since the simulation began.</summary>
    public double Now { get; private set; }

    public override long TimestampFrequency => 1_000_000_000;

    public override long GetTimestamp() => (long)(Now * TimestampFrequency);

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddSeconds(Now);

    /// <summary>Has something happen later.</summary>
    public void After(double seconds, Action happens) => _events.Enqueue(happens, (Now + seconds, _order++));

    /// <summary>Lets time pass.</summary>
    public void RunUntil(double end)
    {
        while (_events.TryPeek(out _, out (double Time, long Order) next) && next.Time <= end)
        {
            Action happens = _events.Dequeue();
            Now = next.Time;
            happens();
        }

        Now = end;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Timer timer = new(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(VirtualClock clock, Action callback) : ITimer
    {
        private int _version;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            int version = ++_version;
            if (dueTime >= TimeSpan.Zero) clock.After(dueTime.TotalSeconds, () => Fire(version, period));
            return true;
        }

        public void Dispose() => _version++;

        public ValueTask DisposeAsync()
        {
            _version++;
            return default;
        }

        private void Fire(int version, TimeSpan period)
        {
            if (version != _version) return;
            if (period > TimeSpan.Zero) clock.After(period.TotalSeconds, () => Fire(version, period));
            callback();
        }
    }
}
