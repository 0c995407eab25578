namespace SourceGen.Rpc;

/// <summary>Whether a server asks its clients for certificates.</summary>
public enum TlsClientCertificateMode
{
    /// <summary>Clients are not asked.</summary>
    None,

    /// <summary>Clients are asked and may have none; one that is shown must be valid.</summary>
    Allow,

    /// <summary>Clients without a valid certificate are refused.</summary>
    Require,
}
