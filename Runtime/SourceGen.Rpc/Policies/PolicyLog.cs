using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Policies;

/// <summary>What is logged of calls whose callers are not told. Event ids 380 to 399.</summary>
internal static partial class PolicyLog
{
    [LoggerMessage(380, LogLevel.Warning, "{Method} failed for good and is dropped: {Why}. {Reason}")]
    public static partial void FailbackDropped(ILogger logger, string method, string why, string reason);

    [LoggerMessage(381, LogLevel.Warning, "{Count} more calls failed for good and were dropped")]
    public static partial void FailbackDropsSuppressed(ILogger logger, long count);

    [LoggerMessage(382, LogLevel.Debug, "Repetition {Repetition} of {Method} failed; the next is in {Milliseconds} ms: {Reason}")]
    public static partial void FailbackFailed(ILogger logger, int repetition, string method, int milliseconds, string reason);
}
