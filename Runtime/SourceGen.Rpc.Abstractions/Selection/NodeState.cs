using System.Diagnostics;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Selection;

/// <summary>
/// A node as one client knows it: what the registry says, and how calls to it go. It stays the same object for as long as the node is
/// registered without a change. Thread safe, without locks.
/// </summary>
/// <remarks>
/// What is measured is there for every balancer to judge by. Beginning a call costs one interlocked operation; ending one two, and a third
/// when the moving average changes, which shorter calls make it do once in 64 microseconds at most.
/// </remarks>
public sealed class NodeState
{
    private int _inFlight;
    private volatile bool _isConnected;
    private PeakLatency _peakLatency;
    private LatencyWindow _successes;
    private SetbackLevel _setbacks;

    /// <summary>Creates the state of a node that nobody has called yet.</summary>
    /// <param name="instance">See <see cref="Instance"/>.</param>
    /// <param name="id">See <see cref="Id"/>.</param>
    public NodeState(ServiceInstance instance, int id)
    {
        ArgumentNullException.ThrowIfNull(instance);
        Instance = instance;
        Id = id;
    }

    /// <summary>What the registry says.</summary>
    public ServiceInstance Instance { get; }

    /// <summary>
    /// A small number, from 0, which no other node of the same selector has at the same time: for tables. It is given to another node when
    /// this one has gone.
    /// </summary>
    public int Id { get; }

    /// <summary>Calls that were sent and have not ended.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Whether a call can be sent at once. Set by whoever keeps the connections. Default: false.</summary>
    public bool IsConnected
    {
        get => _isConnected;
        set => _isConnected = value;
    }

    /// <summary>A call is about to be sent to the node. <see cref="EndCall(long, CallOutcome)"/> is to follow.</summary>
    public void BeginCall() => Interlocked.Increment(ref _inFlight);

    /// <summary>
    /// The moving average of the latencies of calls that succeeded, as the last one left it, in the ticks of <see cref="Stopwatch"/>; 0
    /// when none did so far. A longer latency becomes the average at once, shorter ones draw it down with a decay time of ten seconds. A
    /// call that failed can raise it, if it took long, and never lowers it.
    /// </summary>
    public double Latency => _peakLatency.Estimate;

    /// <summary>
    /// Whether calls failed or were refused lately. When not, <see cref="GetPenalty"/> is 0 at any time; so this saves reading a clock.
    /// </summary>
    public bool HasPenalty => _setbacks.IsSet;

    /// <summary>A call that was begun has ended just now.</summary>
    /// <param name="elapsed">
    /// How long it took, in the ticks of <see cref="Stopwatch"/>; negative when that says nothing about the node, as of a stream.
    /// </param>
    /// <param name="outcome">How it ended.</param>
    public void EndCall(long elapsed, CallOutcome outcome)
    {
        if (outcome == CallOutcome.None) Interlocked.Decrement(ref _inFlight);
        else EndCall(elapsed, outcome, Stopwatch.GetTimestamp());
    }

    /// <summary>A call that was begun has ended. For whoever knows the time already, or keeps one of their own.</summary>
    /// <param name="elapsed">
    /// How long it took, in the ticks of <see cref="Stopwatch"/>; negative when that says nothing about the node, as of a stream.
    /// </param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="now">When it ended, in the ticks of <see cref="Stopwatch"/>.</param>
    public void EndCall(long elapsed, CallOutcome outcome, long now)
    {
        Interlocked.Decrement(ref _inFlight);
        if (outcome == CallOutcome.None) return;

        uint moment = CoarseTime.Of(now);
        switch (outcome)
        {
            case CallOutcome.Success:
                if (elapsed >= 0)
                {
                    _peakLatency.Observe(Math.Max(elapsed, 1), moment, raisesOnly: false);
                    _successes.Add(CoarseTime.Microseconds(elapsed), moment);
                }

                _setbacks.Lower(moment);
                break;
            case CallOutcome.Failure:
                if (elapsed >= 0) _peakLatency.Observe(Math.Max(elapsed, 1), moment, raisesOnly: true);
                _setbacks.Raise(moment);
                break;
            case CallOutcome.Rejected:
                // Refusing is quick and keeps few calls in flight: by those figures the busiest node would look like the idlest.
                _setbacks.Raise(moment);
                break;
        }
    }

    /// <summary>
    /// <see cref="Latency"/>, less what it has decayed since the last call ended: what was measured long ago says little, and a node
    /// that was slow then deserves to be tried.
    /// </summary>
    /// <param name="now">The time, in the ticks of <see cref="Stopwatch"/>.</param>
    public double GetLatency(long now) => _peakLatency.EstimateAt(CoarseTime.Of(now));

    /// <summary>
    /// The mean latency of the calls that succeeded in the last 15 to 30 seconds, in the ticks of <see cref="Stopwatch"/>, to a
    /// microsecond; 0 when there were none.
    /// </summary>
    /// <param name="now">The time, in the ticks of <see cref="Stopwatch"/>.</param>
    public double GetAverageLatency(long now) => _successes.Average(CoarseTime.Of(now)) * CoarseTime.TicksPerMicrosecond;

    /// <summary>
    /// How many calls more than <see cref="InFlight"/> the node is to be thought to have, because calls failed or were refused: a node that
    /// fails at once has few in flight and would look idle. 0 when all is well; 1, 3, 7 and so on up to 1,023 with each call that goes
    /// wrong, and down the same way with each that succeeds and each second that passes.
    /// </summary>
    /// <param name="now">The time, in the ticks of <see cref="Stopwatch"/>.</param>
    public int GetPenalty(long now) => (1 << _setbacks.At(CoarseTime.Of(now))) - 1;

    /// <summary>The node, for messages.</summary>
    public override string ToString() => Instance.ToString();
}
