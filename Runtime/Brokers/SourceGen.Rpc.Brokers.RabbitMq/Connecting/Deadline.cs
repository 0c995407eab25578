using System.Diagnostics;

namespace SourceGen.Rpc.Brokers.RabbitMq.Connecting;

/// <summary>Until when something may take, by a clock that nobody sets.</summary>
internal readonly struct Deadline
{
    private readonly long _started;
    private readonly TimeSpan _length;

    private Deadline(TimeSpan length)
    {
        _started = Stopwatch.GetTimestamp();
        _length = length;
    }

    /// <summary>What is left of it; zero when it has passed.</summary>
    public TimeSpan Left
    {
        get
        {
            TimeSpan left = _length - Stopwatch.GetElapsedTime(_started);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Begins one.</summary>
    /// <param name="length">How long it is.</param>
    public static Deadline After(TimeSpan length) => new(length);
}
