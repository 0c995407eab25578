namespace SourceGen.Rpc.Registries.Mdns.Browsing;

/// <summary>A name whose pointers are asked for again and again, ever more seldom (RFC 6762, 5.2).</summary>
internal sealed class Browse(long startedAt)
{
    /// <summary>When its questions began on the interface where that was last.</summary>
    public long StartedAt { get; set; } = startedAt;

    /// <summary>When it was last of use to somebody.</summary>
    public long UsedAt { get; set; } = startedAt;
}
