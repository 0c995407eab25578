namespace SourceGen.Rpc.Streams;

/// <summary>What one stream has outstanding; a <see cref="StreamLedger"/> keeps it.</summary>
internal sealed class StreamAccount
{
    /// <summary>The cost of the items that were sent and not yet given back. The ledger's lock guards it.</summary>
    public long Outstanding { get; set; }

    /// <summary>Whether the stream is over: nothing counts for it any more. The ledger's lock guards it.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Whether an item of more than the stream's window may be outstanding. The ledger's lock guards it.</summary>
    public bool HasHuge { get; set; }
}
