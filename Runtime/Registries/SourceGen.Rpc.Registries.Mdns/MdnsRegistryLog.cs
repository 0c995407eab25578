using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Registries.Mdns;

/// <summary>What the mDNS registry logs. Event ids 520 to 539.</summary>
internal static partial class MdnsRegistryLog
{
    [LoggerMessage(520, LogLevel.Debug, "Ignored a message from {Peer} on {Interface}: {Reason}")]
    public static partial void Ignored(ILogger logger, string peer, string @interface, string reason);

    [LoggerMessage(521, LogLevel.Warning, "The announcement of {Instance} cannot be read and is left out: {Reason}")]
    public static partial void Unreadable(ILogger logger, string instance, string reason);

    [LoggerMessage(522, LogLevel.Information, "The name {Instance} is taken; {Node} is announced as {Other}")]
    public static partial void Renamed(ILogger logger, string instance, string node, string other);

    [LoggerMessage(523, LogLevel.Warning, "Could not use the interface {Interface}: {Reason}")]
    public static partial void InterfaceFailed(ILogger logger, string @interface, string reason);

    [LoggerMessage(524, LogLevel.Information, "The interface {Interface} takes part in mDNS")]
    public static partial void InterfaceJoined(ILogger logger, string @interface);

    [LoggerMessage(525, LogLevel.Information, "The interface {Interface} no longer takes part in mDNS")]
    public static partial void InterfaceLeft(ILogger logger, string @interface);

    [LoggerMessage(527, LogLevel.Error, "A step of mDNS failed; the registry goes on")]
    public static partial void Failed(ILogger logger, Exception exception);

    [LoggerMessage(528, LogLevel.Information, "The record {Name} of {Instance} is contradicted by another host; the name is probed again")]
    public static partial void Contradicted(ILogger logger, string name, string instance);

    [LoggerMessage(529, LogLevel.Information, "The interface {Interface} is connected again; it is asked and told anew")]
    public static partial void InterfaceReconnected(ILogger logger, string @interface);

    [LoggerMessage(526, LogLevel.Warning, "The node {Node} of {Record} was not registered again within its time to live and is withdrawn")]
    public static partial void LeaseEnded(ILogger logger, string node, string record);
}
