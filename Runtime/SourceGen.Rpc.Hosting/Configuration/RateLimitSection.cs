namespace SourceGen.Rpc.Hosting.Configuration;

/// <summary>
/// What each key of a server's section <c>RateLimit</c> sets: a token bucket for all calls, or for each connection or method.
/// </summary>
internal static class RateLimitSection
{
    /// <summary>Reads the section, and sets the limiter if it is valid.</summary>
    public static void Read(SectionReader reader, RpcServerOptions options)
    {
        int? perSecond = null, permits = null, burst = null;
        TimeSpan? window = null;
        RateLimitScope scope = RateLimitScope.Server;
        reader.Count("PerSecond", value => perSecond = value);
        reader.Count("PermitLimit", value => permits = value);
        reader.Duration("Window", value => window = value);
        reader.Count("Burst", value => burst = value);
        reader.Choice<RateLimitScope>("Partition", value => scope = value);
        string? mistake =
            AtLeastOne("PerSecond", perSecond) ?? AtLeastOne("PermitLimit", permits) ?? AtLeastOne("Burst", burst)
            ?? (window <= TimeSpan.Zero ? $"Window is {window}; it must be positive." : null)
            ?? Combination(perSecond, permits, window);
        if (mistake is not null)
        {
            reader.Complain(mistake);
            return;
        }

        int tokens = perSecond ?? permits!.Value;
        options.RateLimiter = new ConfiguredRateLimiter(tokens, window ?? TimeSpan.FromSeconds(1), burst ?? tokens, scope);
    }

    private static string? AtLeastOne(string key, int? value) => value < 1 ? $"{key} is {value}; it must be at least 1." : null;

    private static string? Combination(int? perSecond, int? permits, TimeSpan? window)
    {
        if (perSecond is not null && (permits is not null || window is not null))
            return "it has PerSecond and PermitLimit or Window; write PerSecond alone, or PermitLimit with Window.";
        if (perSecond is not null || (permits is not null && window is not null)) return null;
        return permits is null && window is null
            ? "it does not say how many calls are let through; write PerSecond, such as 1000, or PermitLimit with Window, "
                + "such as 100 and 1m."
            : "it has only one of PermitLimit and Window; write both, or PerSecond.";
    }
}
