using Microsoft.Extensions.Options;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Hosting.Discovery;

/// <summary>Creates the host's registry from one address, by the provider that serves its scheme.</summary>
/// <param name="address">The address that code gives; null when it gives none.</param>
internal sealed class RegistrySelection(string? address)
{
    /// <summary>Where the address stands in the configuration, which goes before code: operators choose the registry.</summary>
    public const string Key = "Rpc:Registry";

    private static readonly AddressedPart s_part = new(
        "registry", Key, "AddRpcRegistry", "file://", "etcd://127.0.0.1:2379", "SourceGen.Rpc.Registries.Etcd", "AddEtcdRegistry");

    /// <summary>Creates the registry; the container calls it once.</summary>
    /// <exception cref="OptionsValidationException">There is no address, it is wrong, or nothing serves its scheme.</exception>
    public IRegistry Create(IServiceProvider services) => s_part.Create(
        services, address, static (IRegistryProvider provider) => provider.Scheme, static (provider, parsed) => provider.Create(parsed));
}
