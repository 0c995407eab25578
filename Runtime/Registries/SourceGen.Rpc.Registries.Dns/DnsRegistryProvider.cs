using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Dns;

/// <summary>Creates registries for addresses <c>dns://</c>.</summary>
/// <param name="loggerFactory">Where the registries log; null for nowhere.</param>
public sealed class DnsRegistryProvider(ILoggerFactory? loggerFactory = null) : IRegistryProvider
{
    /// <inheritdoc/>
    public string Scheme => "dns";

    /// <inheritdoc/>
    public IRegistry Create(RpcAddress address) => new DnsRegistry(DnsRegistryOptions.FromAddress(address), loggerFactory);
}
