namespace SourceGen.Rpc;

/// <summary>What bounds one connection. Each side tells the other its own limits when the connection opens.</summary>
public sealed class RpcLimits
{
    /// <summary>
    /// What <see cref="MaxConcurrentCalls"/> may be at most. A peer that says more is taken at this: its word sizes a table.
    /// </summary>
    internal const int MostConcurrentCalls = 1_000_000;

    /// <summary>The largest argument list or result this side accepts, in bytes after encoding. Default: 16 MiB.</summary>
    public int MaxMessageSize { get; set; } = 16 * 1024 * 1024;

    /// <summary>
    /// The most bytes this side sends in one frame; a larger message is sent in fragments between which other calls have their turn.
    /// Default: 128 KiB.
    /// </summary>
    public int FragmentSize { get; set; } = 128 * 1024;

    /// <summary>The largest frame this side accepts, in bytes. Default: 1 MiB.</summary>
    public int MaxFrameSize { get; set; } = 1024 * 1024;

    /// <summary>The most calls the peer may have in flight on one connection; further callers wait on their side. Default: 8,192.</summary>
    public int MaxConcurrentCalls { get; set; } = 8192;

    /// <summary>Bytes of fragmented messages that may be held for one connection until they are complete. Default: 64 MiB.</summary>
    public long MaxReassemblySize { get; set; } = 64 * 1024 * 1024;

    /// <summary>Unsent bytes on one connection from which on callers wait, and a server stops reading requests. Default: 4 MiB.</summary>
    public int MaxOutputBacklog { get; set; } = 4 * 1024 * 1024;

    /// <summary>
    /// What one stream may have on its way or waiting to be read on this side, in bytes; an item counts its encoded length and 16. The
    /// sender then waits until items are read. Default: 256 KiB.
    /// </summary>
    public int StreamWindow { get; set; } = 256 * 1024;

    /// <summary>
    /// What all streams of one connection may hold of this side together, in bytes, not counting the first 16 KiB of each: a stream that is
    /// not read never keeps the others from going on. Default: 4 MiB.
    /// </summary>
    public int ConnectionStreamWindow { get; set; } = 4 * 1024 * 1024;

    /// <summary>
    /// The most bytes of headers in one request or reply, after encoding, that this side accepts; 0 takes none. A request with more fails
    /// with <see cref="RpcStatusCode.ResourceExhausted"/> and is not run. Default: 16 KiB.
    /// </summary>
    public int MaxHeaderSize { get; set; } = 16 * 1024;

    /// <summary>Checks the values against each other.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it, its value and the range.</exception>
    internal void Validate()
    {
        Require(MaxMessageSize >= 1024, nameof(MaxMessageSize), MaxMessageSize, "at least 1,024");
        Require(FragmentSize is >= 16 * 1024 and <= 64 * 1024 * 1024, nameof(FragmentSize), FragmentSize, "from 16,384 to 67,108,864");
        Require(MaxFrameSize >= 16 * 1024, nameof(MaxFrameSize), MaxFrameSize, "at least 16,384");
        Require(MaxConcurrentCalls is >= 1 and <= MostConcurrentCalls, nameof(MaxConcurrentCalls), MaxConcurrentCalls, "from 1 to 1,000,000");
        Require(MaxReassemblySize >= MaxMessageSize, nameof(MaxReassemblySize), MaxReassemblySize, $"at least MaxMessageSize ({MaxMessageSize:N0})");
        Require(StreamWindow >= 1024, nameof(StreamWindow), StreamWindow, "at least 1,024");
        Require(ConnectionStreamWindow >= 1024, nameof(ConnectionStreamWindow), ConnectionStreamWindow, "at least 1,024");
        Require(MaxHeaderSize is >= 0 and <= 1024 * 1024, nameof(MaxHeaderSize), MaxHeaderSize, "from 0 to 1,048,576");
        Require(MaxOutputBacklog >= 64 * 1024, nameof(MaxOutputBacklog), MaxOutputBacklog, "at least 65,536");
    }

    private static void Require(bool condition, string name, long value, string range)
    {
        if (!condition) throw new ArgumentException($"{nameof(RpcLimits)}.{name} is {value:N0}; it must be {range}.");
    }
}
