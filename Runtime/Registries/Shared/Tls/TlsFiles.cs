using System.Net.Security;
using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Registries.Shared;

/// <summary>
/// The files that TLS connections to a registry are made with. They may be replaced while it is in use, so each connection that is made looks
/// whether they were, which is a look at their times and lengths. Files that cannot be used, such as those that are being written, change
/// nothing. Thread safe.
/// </summary>
internal sealed class TlsFiles
{
    private readonly string? _authorities;
    private readonly string? _certificate;
    private readonly string? _key;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private (FileStamp Authorities, FileStamp Certificate, FileStamp Key) _stamps;
    private TlsCertificates _current;

    /// <summary>Reads the files.</summary>
    /// <param name="authorities">The path of the certificates that servers' must be issued by; null for those the system trusts.</param>
    /// <param name="certificate">The path of this side's certificate; null for none.</param>
    /// <param name="key">The path of its key; null when it stands in the same file.</param>
    /// <param name="logger">Where it is said that files were replaced.</param>
    /// <exception cref="ArgumentException">A file cannot be read or holds something else; the message names it.</exception>
    public TlsFiles(string? authorities, string? certificate, string? key, ILogger logger)
    {
        _authorities = authorities;
        _certificate = certificate;
        _key = key;
        _logger = logger;
        // Before the files are read: what is written in between is then seen by the next look.
        _stamps = ReadStamps();
        _current = TlsCertificates.Load(authorities, certificate, key);
    }

    /// <summary>Options for a connection that is about to be made.</summary>
    /// <param name="serverName">The name that the server's certificate must have.</param>
    public SslClientAuthenticationOptions CreateOptions(string serverName) => GetCurrent().CreateOptions(serverName);

    private TlsCertificates GetCurrent()
    {
        lock (_lock)
        {
            (FileStamp, FileStamp, FileStamp) stamps = ReadStamps();
            if (stamps == _stamps) return _current;
            // Noted even if they cannot be used: files that stay as they are need no second error, and whoever goes on writing changes it again.
            _stamps = stamps;
            string paths = string.Join(", ", new[] { _authorities, _certificate, _key }.Where(static path => path is not null));
            try
            {
                // What was there before is left to the garbage collector: handshakes that have begun may still use it.
                _current = TlsCertificates.Load(_authorities, _certificate, _key);
                TlsFilesLog.Replaced(_logger, paths);
            }
            catch (ArgumentException e)
            {
                TlsFilesLog.Kept(_logger, paths, e.Message);
            }

            return _current;
        }
    }

    private (FileStamp Authorities, FileStamp Certificate, FileStamp Key) ReadStamps() => (Read(_authorities), Read(_certificate), Read(_key));

    private static FileStamp Read(string? path) => path is null ? default : FileStamp.Read(path);
}
