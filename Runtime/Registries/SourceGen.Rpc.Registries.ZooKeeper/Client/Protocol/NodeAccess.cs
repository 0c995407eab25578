namespace SourceGen.Rpc.Registries.ZooKeeper.Client;

/// <summary>An access control list of what is created: the vector of <c>ACL</c> records as it stands in a request.</summary>
internal static class NodeAccess
{
    private const int Read = 1;
    private const int All = 31;

    /// <summary>Everybody may do everything.</summary>
    public static byte[] Open { get; } = new JuteWriter().Int(1).Int(All).Text("world").Text("anyone").ToArray();

    /// <summary>Whoever creates it, by every identity that its connection has shown, may do everything; others nothing.</summary>
    public static byte[] Creator { get; } = new JuteWriter().Int(1).Int(All).Text("auth").Text("").ToArray();

    /// <summary>Whoever creates it may do everything; everybody may read.</summary>
    public static byte[] CreatorAndReaders { get; } =
        new JuteWriter().Int(2).Int(All).Text("auth").Text("").Int(Read).Text("world").Text("anyone").ToArray();
}
