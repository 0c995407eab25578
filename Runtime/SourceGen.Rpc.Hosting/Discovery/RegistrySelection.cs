using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Hosting.Discovery;

/// <summary>Creates the host's registry from one address, by the provider that serves its scheme.</summary>
/// <param name="address">The address that code gives; null when it gives none.</param>
internal sealed class RegistrySelection(string? address)
{
    /// <summary>Where the address stands in the configuration, which goes before code: operators choose the registry.</summary>
    public const string Key = "Rpc:Registry";

    /// <summary>Creates the registry; the container calls it once.</summary>
    /// <exception cref="OptionsValidationException">There is no address, it is wrong, or nothing serves its scheme.</exception>
    public IRegistry Create(IServiceProvider services)
    {
        string? configured = services.GetService<IConfiguration>()?[Key];
        string? chosen = string.IsNullOrWhiteSpace(configured) ? address : configured;
        string source = chosen == configured ? $"configuration {Key}" : "AddRpcRegistry";
        if (chosen is null)
        {
            throw Wrong($"The registry has no address: write AddRpcRegistry(\"file://\"), or set {Key} in the configuration.");
        }

        if (!RpcAddress.TryParse(chosen, out RpcAddress? parsed))
        {
            throw Wrong($"The registry's address '{chosen}' ({source}) is not one; write for example etcd://127.0.0.1:2379 or file://.");
        }

        IRegistryProvider[] providers = [.. services.GetServices<IRegistryProvider>()];
        IRegistryProvider? provider = providers.LastOrDefault(provider => provider.Scheme == parsed.Scheme);
        if (provider is null)
        {
            string known = string.Join(", ", providers.Select(static one => one.Scheme + "://").Distinct().Order(StringComparer.Ordinal));
            throw Wrong(
                $"No registry serves '{parsed.Scheme}://' ({source}). Known here are {known}. Others come with a package of their own, such as "
                + "SourceGen.Rpc.Registries.Etcd, and are added by it: services.AddEtcdRegistry().");
        }

        try
        {
            return provider.Create(parsed);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw Wrong($"The registry's address ({source}) is wrong: {e.Message}");
        }
    }

    private static OptionsValidationException Wrong(string message) => new("registry", typeof(IRegistry), [message]);
}
