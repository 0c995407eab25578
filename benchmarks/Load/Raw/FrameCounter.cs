namespace SourceGen.Rpc.Load;

/// <summary>
/// Turns byte counts into counts of whole frames. The baseline never looks into a frame: it is an upper bound for any protocol.
/// </summary>
internal struct FrameCounter(int frameSize)
{
    private int _partial;

    /// <returns>How many frames these bytes complete.</returns>
    public int Add(int bytes)
    {
        int total = _partial + bytes;
        int frames = total / frameSize;
        _partial = total - frames * frameSize;
        return frames;
    }
}
