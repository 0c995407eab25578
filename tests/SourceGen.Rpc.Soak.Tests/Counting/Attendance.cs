namespace SourceGen.Rpc.Soak.Tests.Counting;

/// <summary>Counts who came and who left: handlers, producers, whatever has a finally-block that must run.</summary>
internal sealed class Attendance
{
    private long _came;
    private long _left;

    public long Came => Volatile.Read(ref _came);

    public long Left => Volatile.Read(ref _left);

    /// <summary>Those who have not left.</summary>
    public long Present => Came - Left;

    public void Enter() => Interlocked.Increment(ref _came);

    public void Leave() => Interlocked.Increment(ref _left);
}
