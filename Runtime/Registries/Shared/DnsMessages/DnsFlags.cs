namespace SourceGen.Rpc.Registries.DnsMessages;

/// <summary>The second word of a header (RFC 1035, 4.1.1).</summary>
internal readonly record struct DnsFlags(ushort Value)
{
    /// <summary>A query that asks the server to ask others.</summary>
    public static DnsFlags RecursiveQuery { get; } = new(0x0100);

    /// <summary>A query of mDNS.</summary>
    public static DnsFlags MulticastQuery { get; } = new(0);

    /// <summary>A query of mDNS whose known answers go on in the next message (RFC 6762, 7.2).</summary>
    public static DnsFlags TruncatedMulticastQuery { get; } = new(0x0200);

    /// <summary>A response of mDNS, which is always authoritative (RFC 6762, 18.4).</summary>
    public static DnsFlags MulticastResponse { get; } = new(0x8400);

    public bool IsResponse => (Value & 0x8000) != 0;

    /// <summary>0 for an ordinary query.</summary>
    public int Opcode => (Value >> 11) & 0xF;

    /// <summary>The message did not fit.</summary>
    public bool IsTruncated => (Value & 0x0200) != 0;

    public DnsResponseCode ResponseCode => (DnsResponseCode)(Value & 0xF);
}
