namespace SourceGen.Rpc.Server.Overload;

/// <summary>
/// Calls that wait to be run: the more important first, and of those equally important the one that came first. The calls are linked
/// themselves, so that waiting allocates nothing. Not thread safe.
/// </summary>
internal sealed class CallQueue
{
    private const int Lowest = (int)RpcPriority.Sheddable;
    private const int Classes = (int)RpcPriority.Critical - Lowest + 1;

    private readonly Lane[] _lanes = new Lane[Classes];

    /// <summary>Calls that wait.</summary>
    public int Count { get; private set; }

    /// <summary>The bytes of their arguments.</summary>
    public long Bytes { get; private set; }

    /// <summary>Calls that would be run before another one of this priority.</summary>
    public int CountAhead(RpcPriority priority)
    {
        int count = 0;
        for (int lane = (int)priority - Lowest; lane < Classes; lane++) count += _lanes[lane].Count;
        return count;
    }

    /// <summary>Adds a call as the last of its priority.</summary>
    public void Add(WaitingCall call)
    {
        ref Lane lane = ref _lanes[(int)call.Ticket.Priority - Lowest];
        call.NextWaiting = null;
        if (lane.Last is null) lane.First = call;
        else lane.Last.NextWaiting = call;
        lane.Last = call;
        lane.Count++;
        Count++;
        Bytes += call.Ticket.Size;
    }

    /// <summary>Takes the call that is to be run next; null when none waits.</summary>
    public WaitingCall? Take()
    {
        for (int lane = Classes - 1; lane >= 0; lane--)
        {
            if (_lanes[lane].First is not null) return TakeFirst(ref _lanes[lane]);
        }

        return null;
    }

    /// <summary>
    /// Takes a call that is less important than another one, of the least important the one that waits longest; null when there is none.
    /// </summary>
    public WaitingCall? TakeBelow(RpcPriority priority)
    {
        for (int lane = 0; lane < (int)priority - Lowest; lane++)
        {
            if (_lanes[lane].First is not null) return TakeFirst(ref _lanes[lane]);
        }

        return null;
    }

    /// <summary>Takes every call of which the condition holds.</summary>
    public List<WaitingCall>? TakeWhere(Func<WaitingCall, bool> condition)
    {
        List<WaitingCall>? taken = null;
        foreach (ref Lane lane in _lanes.AsSpan())
        {
            for (int left = lane.Count; left > 0; left--)
            {
                WaitingCall call = TakeFirst(ref lane);
                if (condition(call)) (taken ??= []).Add(call);
                else Add(call); // Behind the others, which follow: the order stays.
            }
        }

        return taken;
    }

    private WaitingCall TakeFirst(ref Lane lane)
    {
        WaitingCall call = lane.First!;
        lane.First = call.NextWaiting;
        if (lane.First is null) lane.Last = null;
        call.NextWaiting = null;
        lane.Count--;
        Count--;
        Bytes -= call.Ticket.Size;
        return call;
    }

    private struct Lane
    {
        public WaitingCall? First;
        public WaitingCall? Last;
        public int Count;
    }
}
