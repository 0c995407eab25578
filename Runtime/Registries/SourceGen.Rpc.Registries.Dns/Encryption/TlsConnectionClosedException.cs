namespace SourceGen.Rpc.Registries.Dns.Encryption;

/// <summary>A connection ended before the answer came. The question may be asked again by another one.</summary>
internal sealed class TlsConnectionClosedException(string reason, Exception? cause = null) : Exception(reason, cause);
