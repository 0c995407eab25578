using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Static;

/// <summary>Creates the registries of addresses <c>static://a:1,b:2</c>.</summary>
/// <param name="loggerFactory">Where they log; null for nowhere.</param>
public sealed class StaticRegistryProvider(ILoggerFactory? loggerFactory = null) : IRegistryProvider
{
    internal const string SchemeName = "static";

    /// <summary><c>static</c>.</summary>
    public string Scheme => SchemeName;

    /// <summary>Creates a registry of the addresses that the address names.</summary>
    /// <param name="address">
    /// Such as <c>static://10.0.0.1:5000,10.0.0.2:5000</c>. With <c>?service=Shop.Greeter</c>, or several names separated by commas, only
    /// these services are found there; <c>&amp;version=1.0</c> is their version; <c>&amp;scheme=tls</c> is put before addresses (default:
    /// <c>tcp</c>).
    /// </param>
    /// <exception cref="FormatException">It names no address, or a parameter is wrong.</exception>
    public IRegistry Create(RpcAddress address)
    {
        StaticRegistryOptions options = Read(address);
        if (options.Addresses.Count == 0 && options.Services.Count == 0)
        {
            throw new FormatException(
                $"The address {address.Scheme}:// names no address; write for example static://10.0.0.1:5000,10.0.0.2:5000.");
        }

        return new StaticRegistry(options, loggerFactory);
    }

    internal static StaticRegistryOptions Read(RpcAddress address)
    {
        RegistryAddress parsed = RegistryAddress.Parse(address, "service", "version", "scheme");
        if (parsed.Scheme != SchemeName) throw new FormatException($"The address {parsed} is not one of {SchemeName}://.");
        if (parsed.UserName is not null) throw new FormatException($"The address {parsed} names a user, and {SchemeName}:// knows none.");
        if (parsed.Path.Length > 0)
        {
            throw new FormatException($"The address {parsed} has the path '{parsed.Path}', which {SchemeName}:// does not know.");
        }

        string scheme = parsed.Parameters.GetValueOrDefault("scheme", "tcp");
        string version = parsed.Parameters.GetValueOrDefault("version");
        // Each must have a port, which the application's transports cannot guess.
        string[] addresses = [.. parsed.Endpoints.Select(text => $"{RpcAddress.Create(scheme, WithPort(text, parsed))}")];
        StaticRegistryOptions options = new() { Version = version };
        if (!parsed.Parameters.TryGetValue("service", out string? services))
        {
            foreach (string one in addresses) options.Addresses.Add(one);
            return options;
        }

        foreach (string name in services.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            StaticService service = new() { Name = name, Version = version };
            foreach (string one in addresses) service.Addresses.Add(one);
            options.Services.Add(service);
        }

        return options;
    }

    private static string WithPort(string text, RegistryAddress address)
    {
        const int None = 1;
        RegistryEndpoint endpoint = RegistryEndpoint.Parse(text, None);
        return endpoint.Port == None && !text.EndsWith(":1", StringComparison.Ordinal)
            ? throw new FormatException($"The address {address} has '{text}' without a port; write for example {text}:5000.")
            : endpoint.ToString();
    }
}
