namespace SourceGen.Rpc.Samples.Tests.Support;

/// <summary>How long a test waits for what must happen. Long, because it is only ever reached by a failure.</summary>
internal static class Patience
{
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(60);
}
