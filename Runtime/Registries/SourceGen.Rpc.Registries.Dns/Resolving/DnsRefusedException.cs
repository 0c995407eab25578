using SourceGen.Rpc.Registries.Dns.Signing;

namespace SourceGen.Rpc.Registries.Dns.Resolving;

/// <summary>A server does not accept a query's signature; another one may.</summary>
internal sealed class DnsRefusedException(TsigRefusal refusal) : Exception(refusal.Reason)
{
    /// <summary>What it said.</summary>
    public TsigRefusal Refusal => refusal;
}
