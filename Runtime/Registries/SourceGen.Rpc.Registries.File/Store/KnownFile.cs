namespace SourceGen.Rpc.Registries.File;

/// <summary>A file as it was read last, so that it is read again only when it is another one.</summary>
/// <param name="WrittenAt">When it was written, which is when its lease was renewed.</param>
/// <param name="Length">Its length.</param>
/// <param name="Content">What it says; null when it cannot be read.</param>
internal readonly record struct KnownFile(DateTime WrittenAt, long Length, NodeFile? Content)
{
    /// <summary>When its lease ends; the end of time for a persistent node.</summary>
    public DateTime End => Content?.TimeToLive is { } timeToLive && timeToLive < DateTime.MaxValue - WrittenAt
        ? WrittenAt + timeToLive
        : DateTime.MaxValue;
}
