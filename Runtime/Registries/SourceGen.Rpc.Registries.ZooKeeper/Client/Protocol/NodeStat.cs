namespace SourceGen.Rpc.Registries.ZooKeeper.Client;

/// <summary>What is known about a node besides its data.</summary>
/// <param name="Version">Counts changes of its data.</param>
/// <param name="EphemeralOwner">The session that it ends with; 0 for a persistent node.</param>
internal readonly record struct NodeStat(int Version, long EphemeralOwner)
{
    /// <summary>Reads the record <c>Stat</c>: czxid, mzxid, ctime, mtime, three versions, owner, two lengths, pzxid.</summary>
    public static NodeStat Read(ref JuteReader reader)
    {
        for (int i = 0; i < 4; i++) reader.ReadLong();
        int version = reader.ReadInt();
        reader.ReadInt();
        reader.ReadInt();
        long owner = reader.ReadLong();
        reader.ReadInt();
        reader.ReadInt();
        reader.ReadLong();
        return new NodeStat(version, owner);
    }
}
