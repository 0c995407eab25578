using SourceGen.Rpc.Registries.File;
using SourceGen.Rpc.Registries.Mdns;
using SourceGen.Rpc.Registries.Memory;
using SourceGen.Rpc.Registries.Static;

namespace SourceGen.Rpc;

/// <summary>What a service without a host can have of what comes with the host.</summary>
public static class RpcServiceOptionsExtensions
{
    /// <summary>
    /// Makes known the registries that need no server, those that hosts know without more: <c>memory://</c>, <c>static://a:1,b:2</c>,
    /// <c>file:///path</c> and <c>mdns://</c>. They log where the options say at this moment.
    /// </summary>
    /// <param name="options">The options of the service.</param>
    /// <returns>The options.</returns>
    public static RpcServiceOptions AddEmbeddedRegistries(this RpcServiceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.RegistryProviders.Add(new MemoryRegistryProvider(options.LoggerFactory));
        options.RegistryProviders.Add(new StaticRegistryProvider(options.LoggerFactory));
        options.RegistryProviders.Add(new FileRegistryProvider(options.LoggerFactory));
        options.RegistryProviders.Add(new MdnsRegistryProvider(options.LoggerFactory));
        return options;
    }
}
