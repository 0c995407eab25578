using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Registries.Shared;

/// <summary>What registries log of the files that they use for TLS. Event ids 640 to 649.</summary>
internal static partial class TlsFilesLog
{
    [LoggerMessage(640, LogLevel.Information, "{Paths} were replaced; connections from now on are made with what is there now")]
    public static partial void Replaced(ILogger logger, string paths);

    [LoggerMessage(641, LogLevel.Error, "{Paths} have changed, and the certificates from before stay in use: {Reason}")]
    public static partial void Kept(ILogger logger, string paths, string reason);
}
