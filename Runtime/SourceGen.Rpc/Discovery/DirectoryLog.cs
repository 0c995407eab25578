using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Discovery;

/// <summary>What the directory and registrations log. Event ids 400 to 449.</summary>
internal static partial class DirectoryLog
{
    [LoggerMessage(400, LogLevel.Information, "{Service}: {Nodes} nodes ({Added} new, {Changed} changed, {Removed} gone)")]
    public static partial void Changed(ILogger logger, string service, int nodes, int added, int changed, int removed);

    [LoggerMessage(401, LogLevel.Warning, "{Service} cannot be followed at {Registry}; what is known stays in use ({Nodes} nodes): {Reason}")]
    public static partial void Lost(ILogger logger, string service, string registry, int nodes, string reason, Exception? error);

    [LoggerMessage(402, LogLevel.Information, "{Service} is followed at {Registry} again")]
    public static partial void Found(ILogger logger, string service, string registry);

    [LoggerMessage(403, LogLevel.Warning, "{Registry} does not list {Held} of the {Nodes} nodes of {Service} any more, all at once; they are kept for {Grace}")]
    public static partial void Holding(ILogger logger, string registry, int held, int nodes, string service, TimeSpan grace);

    [LoggerMessage(404, LogLevel.Error, "A listener to {Condition} failed; it will be told of the next change")]
    public static partial void ListenerFailed(ILogger logger, ServiceUrl condition, Exception error);

    [LoggerMessage(405, LogLevel.Warning, "The last snapshot of {Service} could not be {Action} {Path}: {Reason}")]
    public static partial void CacheFailed(ILogger logger, string service, string action, string path, string reason);

    [LoggerMessage(406, LogLevel.Warning, "{Service}: the registry is not reachable, and its snapshot of {Age} ago is used from {Path} ({Nodes} nodes)")]
    public static partial void CacheUsed(ILogger logger, string service, TimeSpan age, string path, int nodes);

    [LoggerMessage(420, LogLevel.Information, "Registered {Record} at {Registry}")]
    public static partial void Registered(ILogger logger, ServiceRecord record, string registry);

    [LoggerMessage(421, LogLevel.Warning, "Could not register {Record}; trying again in {Milliseconds} ms: {Reason}")]
    public static partial void RegisterFailed(ILogger logger, ServiceRecord record, int milliseconds, string reason);

    [LoggerMessage(422, LogLevel.Information, "Deregistered {Record} at {Registry}: {Reason}")]
    public static partial void Deregistered(ILogger logger, ServiceRecord record, string registry, string reason);

    [LoggerMessage(423, LogLevel.Warning, "Could not deregister {Record}; its lease will end: {Reason}")]
    public static partial void DeregisterFailed(ILogger logger, ServiceRecord record, string reason);

    [LoggerMessage(424, LogLevel.Information, "Servers do not register at {Registry}; its records are kept by other means")]
    public static partial void NothingToRegister(ILogger logger, string registry);

    [LoggerMessage(425, LogLevel.Error, "The register check failed with an exception, and counts as not passed")]
    public static partial void CheckFailed(ILogger logger, Exception error);

    [LoggerMessage(426, LogLevel.Warning, "The check of this server did not answer within {Timeout}; the server is not registered until it passes")]
    public static partial void CheckTimedOut(ILogger logger, TimeSpan timeout);

    [LoggerMessage(427, LogLevel.Warning, "Leaving {Registry} took longer than {Timeout}; what is left there ends with its lease")]
    public static partial void DeregisterTimedOut(ILogger logger, string registry, TimeSpan timeout);
}
