namespace SourceGen.Rpc.Registries.Dns.Signing;

/// <summary>Why a server does not accept a signature (RFC 8945, 3).</summary>
internal enum TsigError
{
    None = 0,

    /// <summary>BADSIG: the code is another one.</summary>
    BadSignature = 16,

    /// <summary>BADKEY: the server does not know the key, or not for this.</summary>
    BadKey = 17,

    /// <summary>BADTIME: the clocks differ.</summary>
    BadTime = 18,

    /// <summary>BADTRUNC: the server wants a longer code.</summary>
    BadTruncation = 22,
}
