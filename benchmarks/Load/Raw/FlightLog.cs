namespace SourceGen.Rpc.Load;

/// <summary>
/// When the frames in flight were sent, batch by batch. Replies come back in order, so one entry for a batch gives the latency of each
/// of its frames at the price of one timestamp for all of them.
/// </summary>
internal sealed class FlightLog(int inFlight)
{
    private readonly (long SentAt, int Frames)[] _batches = new (long, int)[inFlight + 1];
    private int _head;
    private int _tail;

    public void Sent(int frames, long now)
    {
        _batches[_tail] = (now, frames);
        _tail = _tail + 1 == _batches.Length ? 0 : _tail + 1;
    }

    public void Answered(int frames, long now, LatencyHistogram latencies)
    {
        while (frames > 0)
        {
            ref (long SentAt, int Frames) batch = ref _batches[_head];
            int taken = Math.Min(frames, batch.Frames);
            latencies.Record(now - batch.SentAt, taken);
            frames -= taken;
            batch.Frames -= taken;
            if (batch.Frames == 0) _head = _head + 1 == _batches.Length ? 0 : _head + 1;
        }
    }
}
