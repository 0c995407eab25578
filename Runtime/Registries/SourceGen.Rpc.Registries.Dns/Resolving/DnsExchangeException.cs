namespace SourceGen.Rpc.Registries.Dns.Resolving;

/// <summary>A server was reached, or not, and gave no answer that can be used; another one may.</summary>
internal sealed class DnsExchangeException(string reason, Exception? cause = null) : Exception(reason, cause);
