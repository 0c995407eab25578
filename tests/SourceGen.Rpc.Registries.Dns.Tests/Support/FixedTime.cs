namespace SourceGen.Rpc.Registries.Dns.Tests.Support;

/// <summary>A clock whose time of day is another one, and whose timers are the system's.</summary>
internal sealed class FixedTime(Func<DateTimeOffset> now) : TimeProvider
{
    /// <summary>One that stands.</summary>
    public static FixedTime At(long seconds) => new(() => DateTimeOffset.FromUnixTimeSeconds(seconds));

    /// <summary>One that is ahead of the system's.</summary>
    public static FixedTime Ahead(TimeSpan difference) => new(() => DateTimeOffset.UtcNow + difference);

    public override DateTimeOffset GetUtcNow() => now();
}
