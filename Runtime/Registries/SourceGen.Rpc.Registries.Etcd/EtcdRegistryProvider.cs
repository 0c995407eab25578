using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Etcd;

/// <summary>Creates the registries of addresses that begin with <c>etcd://</c>.</summary>
/// <param name="loggerFactory">Where they log; null for nowhere.</param>
public sealed class EtcdRegistryProvider(ILoggerFactory? loggerFactory = null) : IRegistryProvider
{
    /// <inheritdoc/>
    public string Scheme => EtcdRegistry.Scheme;

    /// <inheritdoc/>
    public IRegistry Create(RpcAddress address)
    {
        EtcdRegistryOptions options = EtcdRegistryOptions.Parse(address);
        try
        {
            return new EtcdRegistry(options, loggerFactory);
        }
        catch (ArgumentException e)
        {
            throw new FormatException($"The {Scheme}:// address is wrong: {e.Message}", e);
        }
    }
}
