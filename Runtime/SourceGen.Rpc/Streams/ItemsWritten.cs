namespace SourceGen.Rpc.Streams;

/// <summary>What became of an attempt to write a frame of items.</summary>
internal enum ItemsWritten
{
    /// <summary>It is written.</summary>
    Written,

    /// <summary>It must wait until the peer has consumed more.</summary>
    NoCredit,

    /// <summary>Nobody wants it: the stream has ended, or the connection.</summary>
    Ended,
}
