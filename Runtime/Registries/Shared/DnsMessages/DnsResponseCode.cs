namespace SourceGen.Rpc.Registries.DnsMessages;

/// <summary>How a server answers (RFC 1035, 4.1.1).</summary>
internal enum DnsResponseCode
{
    NoError = 0,

    /// <summary>The server could not read the query: among others one from before EDNS (RFC 6891, 7).</summary>
    FormatError = 1,
    ServerFailure = 2,

    /// <summary>NXDOMAIN: there is no such name.</summary>
    NameError = 3,
    NotImplemented = 4,
    Refused = 5,

    /// <summary>NOTAUTH: the query's signature is not accepted, or not for this (RFC 8945, 3).</summary>
    NotAuthorized = 9,
}
