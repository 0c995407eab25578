namespace SourceGen.Rpc.Discovery;

/// <summary>Creates the registry that an address stands for, by the provider that serves its scheme.</summary>
internal static class RegistryChoice
{
    /// <exception cref="ArgumentException">The address is wrong, or nothing serves its scheme; the message says what to do.</exception>
    public static IRegistry Create(string address, IReadOnlyCollection<IRegistryProvider> providers)
    {
        if (!RpcAddress.TryParse(address, out RpcAddress? parsed))
        {
            throw new ArgumentException(
                $"The registry's address '{address}' is not one; write for example etcd://127.0.0.1:2379 or file:///var/lib/rpc.");
        }

        if (providers.LastOrDefault(provider => provider.Scheme == parsed.Scheme) is not { } chosen)
        {
            string known = providers.Count == 0
                ? "There are no providers"
                : $"Known here are {string.Join(", ", providers.Select(static one => one.Scheme + "://").Distinct().Order(StringComparer.Ordinal))}";
            throw new ArgumentException(
                $"No registry serves '{parsed.Scheme}://'. {known}. Registries come with packages of their own, and are added by their "
                + "providers: options.UseRegistry(\"etcd://127.0.0.1:2379\", new EtcdRegistryProvider()).");
        }

        try
        {
            return chosen.Create(parsed);
        }
        catch (FormatException e)
        {
            throw new ArgumentException($"The registry's address is wrong: {e.Message}", e);
        }
    }
}
