using System.Diagnostics.CodeAnalysis;
using SourceGen.Rpc.Registries.DnsMessages;

namespace SourceGen.Rpc.Registries.Dns.Layout;

/// <summary>Makes domain names of services' names.</summary>
internal static class ServiceNameTemplate
{
    private const string ServicePlaceholder = "{service}";

    /// <summary>The name of a service's SRV records.</summary>
    /// <exception cref="RpcException">The service's name makes no domain name.</exception>
    public static DomainName NameOf(DnsRegistryOptions options, string service)
    {
        if (TryFill(options, service, out DomainName? name, out string? error)) return name;
        throw new RpcException(
            RpcStatusCode.InvalidArgument,
            $"The service '{service}' makes no domain name by the template {options.Name}: {error}.")
        {
            Progress = RpcCallProgress.NotSent,
        };
    }

    /// <summary>
    /// The name that has the addresses when there are no SRV records: without the labels that only SRV records have (RFC 2782).
    /// </summary>
    public static DomainName AddressNameOf(DomainName name)
    {
        while (name.FirstLabel.StartsWith('_')) name = name.Parent;
        return name;
    }

    public static void Check(DnsRegistryOptions options)
    {
        string name = options.Name;
        if (!name.Contains(ServicePlaceholder, StringComparison.Ordinal))
        {
            throw new ArgumentException($"Name is '{name}'; it must contain {ServicePlaceholder}.");
        }
        if (!TryFill(options, "service", out _, out string? error))
        {
            throw new ArgumentException($"Name is '{name}', which makes no domain name: {error}.");
        }
        string rest = name.Replace(ServicePlaceholder, "").Replace("{namespace}", "").Replace("{zone}", "");
        if (rest.AsSpan().ContainsAny('{', '}'))
        {
            throw new ArgumentException($"Name is '{name}'; it can contain {ServicePlaceholder}, {{namespace}} and {{zone}}.");
        }
    }

    private static bool TryFill(
        DnsRegistryOptions options, string service, [NotNullWhen(true)] out DomainName? name, [NotNullWhen(false)] out string? error) =>
        DomainName.TryParse(
            options.Name
                .Replace(ServicePlaceholder, options.UsesPlainServiceNames ? service : ToKubernetesName(service), StringComparison.Ordinal)
                .Replace("{namespace}", options.Namespace, StringComparison.Ordinal)
                .Replace("{zone}", options.Zone.Trim('.'), StringComparison.Ordinal),
            out name,
            out error);

    /// <summary>A label of RFC 1035, 2.3.1, which is what names of Kubernetes' services are.</summary>
    private static string ToKubernetesName(string service) => string.Create(service.Length, service, static (label, text) =>
    {
        for (int i = 0; i < label.Length; i++) label[i] = char.IsAsciiLetterOrDigit(text[i]) ? char.ToLowerInvariant(text[i]) : '-';
    });
}
