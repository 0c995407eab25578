namespace SourceGen.Rpc;

/// <summary>
/// How a server finds out by itself how many calls it can run at once, and what becomes of those beyond: a few wait in a queue, the others are
/// refused with <see cref="RpcStatusCode.ResourceExhausted"/> and <see cref="RpcCallProgress.Refused"/>, the less important
/// (<see cref="RpcPriority"/>) first. Set at <see cref="RpcServerOptions.AdaptiveLimit"/>.
/// </summary>
/// <remarks>
/// Calls with streams and questions for the server's health are neither counted nor refused: how long a stream lasts says nothing about load.
/// </remarks>
public sealed class RpcAdaptiveLimit
{
    /// <summary>
    /// The limit never falls below this. Default: the number of processors, so that calls that compute can use all of them.
    /// </summary>
    public int MinLimit { get; set; } = Environment.ProcessorCount;

    /// <summary>The limit never rises above this. Default: 10,000.</summary>
    public int MaxLimit { get; set; } = 10_000;

    /// <summary>
    /// The limit to begin with. It doubles with every <see cref="Window"/> until calls get slower, so low is better than high. Default: 16;
    /// from <see cref="MinLimit"/> to <see cref="MaxLimit"/> in any case.
    /// </summary>
    public int InitialLimit { get; set; } = 16;

    /// <summary>How often the limit is set anew; less often when there are few calls. Default: 100 ms; from 1 ms to a minute.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// How much of the time that calls take may be waiting for each other, from 0.05 to 0.9: the limit falls while it is more, and rises
    /// while it is less than half of it. More gives a little more throughput, and longer calls. Default: 0.2.
    /// </summary>
    public double Tolerance { get; set; } = 0.2;

    /// <summary>The most calls that wait; 0 lets none wait. Default: 1,024.</summary>
    public int QueueLength { get; set; } = 1024;

    /// <summary>The most bytes that the arguments of waiting calls have together, as they arrived. Default: 16 MiB.</summary>
    public long QueueBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>
    /// How long a call may wait, for a burst; while the server is overloaded, calls wait no longer than a fraction of the time that they take
    /// to run. A call that could not be run within it, or within the time that its caller allows, is refused at once. Default: 100 ms.
    /// </summary>
    public TimeSpan MaxQueueTime { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Checks the values against each other.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        Require(MinLimit >= 1, nameof(MinLimit), MinLimit, "at least 1");
        Require(MaxLimit >= MinLimit, nameof(MaxLimit), MaxLimit, $"at least MinLimit ({MinLimit:N0})");
        Require(InitialLimit >= 1, nameof(InitialLimit), InitialLimit, "at least 1");
        Require(Window >= TimeSpan.FromMilliseconds(1) && Window <= TimeSpan.FromMinutes(1), nameof(Window), Window, "from 1 ms to a minute");
        Require(Tolerance is >= 0.05 and <= 0.9, nameof(Tolerance), Tolerance, "from 0.05 to 0.9");
        Require(QueueLength >= 0, nameof(QueueLength), QueueLength, "not negative");
        Require(QueueBytes >= 0, nameof(QueueBytes), QueueBytes, "not negative");
        Require(
            MaxQueueTime >= TimeSpan.Zero && MaxQueueTime <= TimeSpan.FromMinutes(1),
            nameof(MaxQueueTime),
            MaxQueueTime,
            "from zero to a minute");
    }

    private static void Require(bool condition, string name, object value, string range)
    {
        if (!condition) throw new ArgumentException($"{nameof(RpcServerOptions.AdaptiveLimit)}.{name} is {value}; it must be {range}.");
    }
}
