using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Consul;

/// <summary>Creates the registries of addresses that begin with <c>consul://</c>.</summary>
/// <param name="loggerFactory">Where they log; null for nowhere.</param>
public sealed class ConsulRegistryProvider(ILoggerFactory? loggerFactory = null) : IRegistryProvider
{
    /// <inheritdoc/>
    public string Scheme => ConsulRegistry.Scheme;

    /// <inheritdoc/>
    public IRegistry Create(RpcAddress address)
    {
        ConsulRegistryOptions options = ConsulRegistryOptions.Parse(address);
        try
        {
            return new ConsulRegistry(options, loggerFactory);
        }
        catch (ArgumentException e)
        {
            throw new FormatException($"The {Scheme}:// address is wrong: {e.Message}", e);
        }
    }
}
