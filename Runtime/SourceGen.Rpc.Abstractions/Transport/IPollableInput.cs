namespace SourceGen.Rpc;

/// <summary>
/// An input that a thread can wait for without the thread pool; the engine's own threads and its low-latency mode use it.
/// </summary>
public interface IPollableInput
{
    /// <summary>
    /// Blocks the thread until a read would not wait (data, the end of the stream or an error), or until the time is over.
    /// </summary>
    /// <param name="microseconds">The longest time to wait; -1 waits without limit.</param>
    /// <returns>True when there is something to read; false when the time is over.</returns>
    bool Poll(int microseconds);
}
