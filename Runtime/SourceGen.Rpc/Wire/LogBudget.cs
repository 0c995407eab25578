namespace SourceGen.Rpc.Wire;

/// <summary>
/// Bounds the lines that somebody else can have logged: in each period the first ones are, and the others are counted. Thread safe.
/// </summary>
/// <param name="lines">How many lines a period has.</param>
/// <param name="periodMs">How long a period lasts, in milliseconds. The first begins with the first line.</param>
internal sealed class LogBudget(int lines, int periodMs)
{
    private readonly Lock _gate = new();
    private long _endsAt = long.MinValue;
    private int _left;
    private long _suppressed;

    /// <summary>Asks for a line.</summary>
    /// <param name="now">A clock in milliseconds, such as <see cref="Environment.TickCount64"/>.</param>
    /// <param name="suppressed">
    /// How many were not granted in the period before, if this line is the first of another one; to be told once.
    /// </param>
    /// <returns>Whether the line may be logged.</returns>
    public bool TryTake(long now, out long suppressed)
    {
        suppressed = 0;
        lock (_gate)
        {
            if (now >= _endsAt)
            {
                _endsAt = now + periodMs;
                _left = lines;
                suppressed = _suppressed;
                _suppressed = 0;
            }

            if (_left == 0)
            {
                _suppressed++;
                return false;
            }

            _left--;
            return true;
        }
    }

    /// <summary>Ends it: nobody asks any more.</summary>
    /// <returns>How many lines were not granted and not told of.</returns>
    public long TakeSuppressed()
    {
        lock (_gate)
        {
            long suppressed = _suppressed;
            _suppressed = 0;
            return suppressed;
        }
    }
}
