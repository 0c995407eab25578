using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace SourceGen.Rpc.Hosting;

/// <summary>A part of the host that is created from one address, by the provider that serves its scheme.</summary>
/// <param name="Name">What it is, for messages.</param>
/// <param name="Key">Where the address stands in the configuration, which goes before code: operators choose.</param>
/// <param name="Method">What takes the address in code.</param>
/// <param name="LocalExample">An address that needs no server.</param>
/// <param name="ServerExample">An address of a server.</param>
/// <param name="Package">The package of that server's provider.</param>
/// <param name="PackageMethod">What adds that provider.</param>
internal sealed record AddressedPart(
    string Name, string Key, string Method, string LocalExample, string ServerExample, string Package, string PackageMethod)
{
    /// <summary>Creates the part.</summary>
    /// <param name="services">Where the configuration and the providers are.</param>
    /// <param name="address">The address that code gives; null when it gives none.</param>
    /// <param name="schemeOf">What a provider serves.</param>
    /// <param name="create">What a provider makes of an address.</param>
    /// <exception cref="OptionsValidationException">There is no address, it is wrong, or nothing serves its scheme.</exception>
    public T Create<TProvider, T>(
        IServiceProvider services, string? address, Func<TProvider, string> schemeOf, Func<TProvider, RpcAddress, T> create)
    {
        string? configured = services.GetService<IConfiguration>()?[Key];
        string? chosen = string.IsNullOrWhiteSpace(configured) ? address : configured;
        string source = chosen == configured ? $"configuration {Key}" : Method;
        if (chosen is null) throw Wrong<T>($"The {Name} has no address: write {Method}(\"{LocalExample}\"), or set {Key} in the configuration.");
        if (!RpcAddress.TryParse(chosen, out RpcAddress? parsed))
            throw Wrong<T>($"The {Name}'s address '{chosen}' ({source}) is not one; write for example {ServerExample} or {LocalExample}.");

        TProvider[] providers = [.. services.GetServices<TProvider>()];
        if (providers.LastOrDefault(one => schemeOf(one) == parsed.Scheme) is not { } provider)
        {
            string known = string.Join(", ", providers.Select(one => schemeOf(one) + "://").Distinct().Order(StringComparer.Ordinal));
            throw Wrong<T>(
                $"No {Name} serves '{parsed.Scheme}://' ({source}). Known here are {known}. Others come with a package of their own, such as "
                + $"{Package}, and are added by it: services.{PackageMethod}().");
        }

        try
        {
            return create(provider, parsed);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw Wrong<T>($"The {Name}'s address ({source}) is wrong: {e.Message}");
        }
    }

    private OptionsValidationException Wrong<T>(string message) => new(Name, typeof(T), [message]);
}
