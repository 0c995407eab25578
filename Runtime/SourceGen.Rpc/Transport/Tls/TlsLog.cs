using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Transport.Tls;

/// <summary>What TLS logs. Event ids 450 to 499.</summary>
internal static partial class TlsLog
{
    /// <summary>The category of the log.</summary>
    public const string Category = "SourceGen.Rpc.Tls";

    [LoggerMessage(
        450,
        LogLevel.Information,
        "The certificate in {Path} was replaced; connections from now on show {Subject}, valid until {NotAfter:u}")]
    public static partial void CertificateReplaced(ILogger logger, string path, string subject, DateTime notAfter);

    [LoggerMessage(451, LogLevel.Error, "The certificate in {Path} has changed, and the one from before stays in use: {Reason}")]
    public static partial void CertificateKept(ILogger logger, string path, string reason);
}
