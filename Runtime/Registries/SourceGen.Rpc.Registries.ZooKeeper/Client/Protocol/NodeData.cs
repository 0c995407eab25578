namespace SourceGen.Rpc.Registries.ZooKeeper.Client;

/// <summary>What a node holds.</summary>
/// <param name="Data">Its bytes.</param>
/// <param name="Stat">What is known about it.</param>
internal sealed record NodeData(byte[] Data, NodeStat Stat)
{
    /// <summary>Reads a <c>GetDataResponse</c>.</summary>
    public static NodeData Read(ref JuteReader reader)
    {
        byte[] data = reader.ReadBuffer();
        return new NodeData(data, NodeStat.Read(ref reader));
    }
}
