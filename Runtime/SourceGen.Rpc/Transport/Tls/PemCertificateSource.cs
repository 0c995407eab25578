using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Transport.Tls;

/// <summary>
/// A certificate in files that may change. They are looked at when a handshake needs them: there is no timer and no watcher to stop, and
/// it works where file systems tell nobody of changes, as with the links of mounted secrets.
/// </summary>
internal sealed class PemCertificateSource(
    string certificatePath, string? keyPath, string? keyPassword, TimeSpan checkInterval, TimeProvider time) : TlsCertificateSource
{
    private readonly Lock _gate = new();
    private volatile TlsCertificate? _current;
    private Stamp _stamp;
    private long _checkedAt;

    /// <summary>How often files are looked at if nobody says otherwise.</summary>
    public static TimeSpan DefaultInterval { get; } = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    internal override TlsCertificate Get(ILogger logger)
    {
        if (_current is not { } current)
        {
            lock (_gate) return _current ?? LoadFirst();
        }

        // One handshake looks, and the others go on with what there is.
        if (time.GetElapsedTime(Volatile.Read(ref _checkedAt)) < checkInterval || !_gate.TryEnter()) return current;
        try
        {
            Volatile.Write(ref _checkedAt, time.GetTimestamp());
            Reload(logger);
            return _current;
        }
        finally
        {
            _gate.Exit();
        }
    }

    private TlsCertificate LoadFirst()
    {
        // Before the files are read: a change in between is then met by the next look.
        Stamp stamp = ReadStamp();
        TlsCertificate loaded = TlsCertificate.Load(certificatePath, keyPath, keyPassword);
        _stamp = stamp;
        Volatile.Write(ref _checkedAt, time.GetTimestamp());
        return _current = loaded;
    }

    private void Reload(ILogger logger)
    {
        Stamp stamp = ReadStamp();
        if (stamp == _stamp) return;
        // Noted even if it fails: files that stay as they are need no second warning, and a key that is written later changes it again.
        _stamp = stamp;
        try
        {
            // What was there before is left to the garbage collector: handshakes that have begun may still use it.
            _current = TlsCertificate.Load(certificatePath, keyPath, keyPassword);
            TlsLog.CertificateReplaced(logger, certificatePath, _current.Leaf.Subject, _current.Leaf.NotAfter.ToUniversalTime());
        }
        catch (RpcException e)
        {
            TlsLog.CertificateKept(logger, certificatePath, e.Message);
        }
    }

    private Stamp ReadStamp() => new(FileStamp.Read(certificatePath), keyPath is null ? default : FileStamp.Read(keyPath));

    private readonly record struct Stamp(FileStamp Certificate, FileStamp Key);

    private readonly record struct FileStamp(DateTime Written, long Length)
    {
        public static FileStamp Read(string path)
        {
            // Through links: a mounted secret changes by its link being pointed elsewhere.
            var file = new FileInfo(path);
            bool isLink = file.Exists && file.LinkTarget is not null;
            FileSystemInfo target = isLink ? file.ResolveLinkTarget(returnFinalTarget: true) ?? file : file;
            return target is FileInfo { Exists: true } found ? new FileStamp(found.LastWriteTimeUtc, found.Length) : default;
        }
    }
}
