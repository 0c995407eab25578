namespace SourceGen.Rpc.Brokers.Nats.JetStream;

/// <summary>Times as JetStream counts them.</summary>
internal static class JetStreamTime
{
    /// <summary>In nanoseconds.</summary>
    public static long ToNanoseconds(TimeSpan time) => time.Ticks * 100;
}
