using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Mdns;

/// <summary>Creates registries for addresses <c>mdns://</c>.</summary>
/// <param name="loggerFactory">Where the registries log; null for nowhere.</param>
public sealed class MdnsRegistryProvider(ILoggerFactory? loggerFactory = null) : IRegistryProvider
{
    /// <inheritdoc/>
    public string Scheme => "mdns";

    /// <inheritdoc/>
    public IRegistry Create(RpcAddress address) => new MdnsRegistry(MdnsRegistryOptions.FromAddress(address), loggerFactory);
}
