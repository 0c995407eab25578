namespace SourceGen.Rpc.Registries.ZooKeeper.Client;

/// <summary>A watch was triggered; it is gone with that.</summary>
/// <param name="Type">What happened. Types of later versions are passed on, and nobody waits for them.</param>
/// <param name="Path">The node.</param>
internal readonly record struct WatchEvent(WatchEventType Type, string Path)
{
    /// <summary>Reads the record <c>WatcherEvent</c>.</summary>
    public static WatchEvent Read(ref JuteReader reader)
    {
        WatchEventType type = (WatchEventType)reader.ReadInt();
        reader.ReadInt(); // The connection's state, which is "connected" as long as anything arrives.
        return new WatchEvent(type, reader.ReadText());
    }
}
