using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Registries.File;

/// <summary>What the registry logs. Event ids 720 to 729.</summary>
internal static partial class FileRegistryLog
{
    [LoggerMessage(720, LogLevel.Information, "The registry's directory {Directory} was created")]
    public static partial void DirectoryCreated(ILogger logger, string directory);

    [LoggerMessage(721, LogLevel.Warning, "The file {File} is left out: {Problem}")]
    public static partial void Unreadable(ILogger logger, string file, string problem);

    [LoggerMessage(722, LogLevel.Debug, "The file {File} was removed: its lease has ended long ago")]
    public static partial void Removed(ILogger logger, string file);

    [LoggerMessage(723, LogLevel.Debug, "The file {File}, whose lease has ended long ago, cannot be removed: {Problem}")]
    public static partial void NotRemoved(ILogger logger, string file, string problem);

    [LoggerMessage(724, LogLevel.Warning, "The system does not announce changes of {Directory}, which is read at intervals instead: {Problem}")]
    public static partial void NotNotified(ILogger logger, string directory, string problem);

    [LoggerMessage(725, LogLevel.Debug, "Announcing changes of {Directory} failed and is started again: {Problem}")]
    public static partial void NotifierFailed(ILogger logger, string directory, string problem);
}
