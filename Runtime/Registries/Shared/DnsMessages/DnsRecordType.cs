namespace SourceGen.Rpc.Registries.DnsMessages;

/// <summary>The types of records that are read and written; any other number is possible and kept as it is (RFC 3597).</summary>
internal enum DnsRecordType : ushort
{
    /// <summary>An IPv4 address (RFC 1035, 3.4.1).</summary>
    A = 1,

    /// <summary>The name that this one is another name of (RFC 1035, 3.3.1).</summary>
    Cname = 5,

    /// <summary>The start of a zone, which says how long it may be remembered that something is not there (RFC 2308).</summary>
    Soa = 6,

    /// <summary>A pointer to another name (RFC 1035, 3.3.12).</summary>
    Ptr = 12,

    /// <summary>Texts (RFC 1035, 3.3.14).</summary>
    Txt = 16,

    /// <summary>An IPv6 address (RFC 3596, 2.1).</summary>
    Aaaa = 28,

    /// <summary>Where a service is (RFC 2782).</summary>
    Srv = 33,

    /// <summary>What a sender can take, in the place of a record (RFC 6891, 6.1).</summary>
    Opt = 41,

    /// <summary>Which types a name has (RFC 4034, 4; in mDNS RFC 6762, 6.1).</summary>
    Nsec = 47,

    /// <summary>What a message is signed with, behind all of its records (RFC 8945, 4.2).</summary>
    Tsig = 250,

    /// <summary>In a question: all types.</summary>
    Any = 255,
}
