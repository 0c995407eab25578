using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Services;

/// <summary>What a service logs about itself.</summary>
internal static partial class ServiceLog
{
    public const string Category = "SourceGen.Rpc.Service";

    [LoggerMessage(730, LogLevel.Information, "{Name} {Version} runs at {Addresses}.")]
    public static partial void Runs(ILogger logger, string name, string version, string addresses);

    [LoggerMessage(731, LogLevel.Information, "{Name} stops because of {Reason}.")]
    public static partial void Stops(ILogger logger, string name, string reason);

    [LoggerMessage(732, LogLevel.Error, "A hook of {Name} failed while it stopped; the others ran.")]
    public static partial void HookFailed(ILogger logger, string name, Exception error);
}
