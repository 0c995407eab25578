namespace SourceGen.Rpc.Selection.Health;

/// <summary>
/// Stops calls of one method to one node while they fail, and lets a few through now and then to find out whether they do so still. Thread
/// safe; a call that succeeds through a closed circuit takes no lock, no interlocked operation, no look at the clock and no allocation.
/// </summary>
/// <remarks>
/// Successes are counted without synchronization: of two at the same moment one may be lost, so that with very many threads the share of
/// failures is a little higher than it was. Failures are counted under a lock and none is lost. Polly.Core's breaker was considered: it runs
/// a delegate through a pipeline with a pooled context and takes a lock at both ends of every call, which is more than the rest of the call's
/// path together; and one is needed for each method of each node.
/// </remarks>
public sealed class CircuitBreaker
{
    private readonly CircuitBreakerOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();

    // Even: closed. Written under the gate, read without.
    private int _turn;
    private int _consecutiveFailures;
    private long _successes;
    private long _failures;
    private long _windowBegan = long.MinValue;
    private long _until;
    private bool _isHalfOpen;
    private int _underWay;
    private int _succeeded;
    private int _openings;

    /// <summary>Creates a circuit breaker, which is closed.</summary>
    /// <param name="options">When it opens and closes; null for the defaults. They are copied.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public CircuitBreaker(CircuitBreakerOptions? options = null)
    {
        _options = (options ?? new CircuitBreakerOptions()).Copy();
        _options.Validate();
        _time = _options.TimeProvider;
    }

    private CircuitBreaker(CircuitBreaker other)
    {
        _options = other._options;
        _time = other._time;
    }

    /// <summary>Whether it lets calls through.</summary>
    public CircuitState State
    {
        get
        {
            if (IsClosed(Volatile.Read(ref _turn))) return CircuitState.Closed;
            lock (_gate) return IsClosed(_turn) ? CircuitState.Closed : _isHalfOpen ? CircuitState.HalfOpen : CircuitState.Open;
        }
    }

    /// <summary>Creates one more with the options of another, which they share: one for each method and node.</summary>
    /// <param name="other">The other one.</param>
    public static CircuitBreaker Like(CircuitBreaker other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new CircuitBreaker(other);
    }

    /// <summary>Asks whether a call may be sent. If so, <see cref="Record"/> is to follow.</summary>
    /// <param name="pass">To be given back.</param>
    public bool TryEnter(out CircuitPass pass)
    {
        int turn = Volatile.Read(ref _turn);
        pass = new CircuitPass(turn);
        return IsClosed(turn) || TryProbe(out pass);
    }

    /// <summary>Learns how a call ended.</summary>
    /// <param name="pass">What it was let through with.</param>
    /// <param name="outcome">
    /// How it ended. <see cref="CallOutcome.Rejected"/> and <see cref="CallOutcome.None"/> say nothing: a node with too much to do is not broken.
    /// </param>
    /// <returns>Whether this opened or closed the circuit.</returns>
    public bool Record(CircuitPass pass, CallOutcome outcome)
    {
        if (pass.Turn != Volatile.Read(ref _turn)) return false;
        if (outcome == CallOutcome.Success && IsClosed(pass.Turn))
        {
            _successes++;
            if (_consecutiveFailures != 0) _consecutiveFailures = 0;
            return false;
        }

        if (IsClosed(pass.Turn)) return outcome == CallOutcome.Failure && RecordFailure(pass);
        return RecordProbe(pass, outcome);
    }

    private static bool IsClosed(int turn) => (turn & 1) == 0;

    private bool TryProbe(out CircuitPass pass)
    {
        lock (_gate)
        {
            pass = new CircuitPass(_turn);
            if (IsClosed(_turn)) return true;
            long now = _time.GetTimestamp();
            if (!_isHalfOpen)
            {
                if (now < _until) return false;
                _isHalfOpen = true;
                _succeeded = 0;
                _underWay = 0;
            }
            else if (_underWay >= _options.Probes)
            {
                // Somebody whose call never came to an end must not keep it half open for good.
                if (now < _until) return false;
                _underWay = 0;
            }

            _underWay++;
            _until = After(now, _options.OpenTime);
            return true;
        }
    }

    private bool RecordFailure(CircuitPass pass)
    {
        lock (_gate)
        {
            if (pass.Turn != _turn) return false;
            long now = _time.GetTimestamp();
            if (_windowBegan == long.MinValue || _time.GetElapsedTime(_windowBegan, now) > _options.Window)
            {
                _windowBegan = now;
                _successes = 0;
                _failures = 0;
            }

            _failures++;
            _consecutiveFailures++;
            long calls = _successes + _failures;
            bool isRow = _options.ConsecutiveFailures > 0 && _consecutiveFailures >= _options.ConsecutiveFailures;
            bool isShare = _options.FailureRatio > 0 && calls >= _options.MinCalls && _failures >= _options.FailureRatio * calls;
            if (!isRow && !isShare) return false;
            Open(now, turns: 1);
            return true;
        }
    }

    private bool RecordProbe(CircuitPass pass, CallOutcome outcome)
    {
        lock (_gate)
        {
            if (pass.Turn != _turn) return false;
            if (_underWay > 0) _underWay--;
            if (outcome == CallOutcome.Failure)
            {
                Open(_time.GetTimestamp(), turns: 2); // Still odd, and another one: probes under way are old news.
                return true;
            }

            if (outcome != CallOutcome.Success || ++_succeeded < _options.ProbesToClose) return false;
            _isHalfOpen = false;
            _openings = 0;
            _consecutiveFailures = 0;
            _windowBegan = long.MinValue;
            Volatile.Write(ref _turn, _turn + 1);
            return true;
        }
    }

    private void Open(long now, int turns)
    {
        double time = Math.Min(_options.MaxOpenTime.Ticks, _options.OpenTime.Ticks * Math.Pow(2, Math.Min(_openings++, 40)));
        _until = After(now, TimeSpan.FromTicks((long)time));
        _isHalfOpen = false;
        Volatile.Write(ref _turn, _turn + turns);
    }

    private long After(long now, TimeSpan time) => now + (long)(time.TotalSeconds * _time.TimestampFrequency);
}
