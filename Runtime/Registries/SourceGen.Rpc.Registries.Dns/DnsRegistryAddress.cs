using System.Globalization;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Dns;

/// <summary>Reads options from an address. Its errors show neither user nor parameters that may be secret.</summary>
internal static class DnsRegistryAddress
{
    /// <exception cref="FormatException">A part of it is wrong; the message says which.</exception>
    public static DnsRegistryOptions Read(RpcAddress address)
    {
        RegistryAddress parsed = RegistryAddress.Parse(
            address,
            "name", "namespace", "plain", "port", "scheme", "family", "priorities", "txt", "timeout", "attempt", "attempts", "min-refresh",
            "max-refresh", "tsig", "secret", "secret-file", "algorithm", "tls", "ca", "cert", "key", "servername");
        if (parsed.UserName is not null)
        {
            throw new FormatException(
                $"The address {parsed} has a user; DNS knows none. Write ?tsig=name&secret-file=path for a key to sign with.");
        }

        DnsRegistryOptions options = new();
        foreach (string server in parsed.Endpoints) options.Servers.Add(server);
        ReadNames(parsed, options);
        ReadTimes(parsed, options);
        ReadKey(parsed, options);
        options.UseTls = parsed.GetBoolean("tls");
        options.CertificateAuthorityPath = Optional(parsed, "ca");
        options.CertificatePath = Optional(parsed, "cert");
        options.CertificateKeyPath = Optional(parsed, "key");
        options.TlsServerName = Optional(parsed, "servername");
        try
        {
            options.Validate();
        }
        catch (ArgumentException e)
        {
            throw new FormatException($"The address {parsed} is wrong: {e.Message}", e);
        }

        return options;
    }

    private static void ReadNames(RegistryAddress parsed, DnsRegistryOptions options)
    {
        options.Name = parsed.Parameters.GetValueOrDefault("name", options.Name);
        options.Namespace = parsed.Parameters.GetValueOrDefault("namespace", options.Namespace);
        if (parsed.Path.Length > 1) options.Zone = parsed.Path[1..];
        options.UsesPlainServiceNames = parsed.GetBoolean("plain", options.UsesPlainServiceNames);
        options.Port = parsed.Parameters.ContainsKey("port") ? ReadNumber(parsed, "port", 0) : null;
        options.Scheme = parsed.Parameters.GetValueOrDefault("scheme", options.Scheme);
        options.AddressFamily = parsed.GetWord("family", "any", "ipv4", "ipv6") switch
        {
            "ipv4" => DnsAddressFamily.IPv4,
            "ipv6" => DnsAddressFamily.IPv6,
            _ => DnsAddressFamily.Any,
        };
        options.IncludesAllPriorities = parsed.GetWord("priorities", "lowest", "all") == "all";
        options.ReadsText = parsed.GetBoolean("txt", options.ReadsText);
    }

    private static void ReadTimes(RegistryAddress parsed, DnsRegistryOptions options)
    {
        options.Timeout = parsed.GetSeconds("timeout", options.Timeout);
        options.AttemptTimeout = parsed.GetSeconds("attempt", options.AttemptTimeout);
        options.Attempts = ReadNumber(parsed, "attempts", options.Attempts);
        options.MinRefresh = parsed.GetSeconds("min-refresh", options.MinRefresh);
        options.MaxRefresh = parsed.GetSeconds("max-refresh", options.MaxRefresh);
    }

    private static void ReadKey(RegistryAddress parsed, DnsRegistryOptions options)
    {
        options.KeyName = Optional(parsed, "tsig");
        options.KeySecret = Optional(parsed, "secret");
        options.KeySecretPath = Optional(parsed, "secret-file");
        options.KeyAlgorithm = parsed.GetWord("algorithm", "hmac-sha256", "hmac-sha384", "hmac-sha512") switch
        {
            "hmac-sha384" => DnsKeyAlgorithm.HmacSha384,
            "hmac-sha512" => DnsKeyAlgorithm.HmacSha512,
            _ => DnsKeyAlgorithm.HmacSha256,
        };
        if (options.KeyName is null && parsed.Parameters.ContainsKey("algorithm"))
        {
            throw new FormatException($"The address {parsed} has the parameter 'algorithm' without 'tsig', the name of a key.");
        }
    }

    /// <summary>
    /// A parameter, or null. One that is empty is kept, and refused later: what was meant to be there is missing, and that nothing is
    /// signed or encrypted would go unnoticed.
    /// </summary>
    private static string? Optional(RegistryAddress address, string name) =>
        address.Parameters.TryGetValue(name, out string? value) ? value : null;

    private static int ReadNumber(RegistryAddress address, string name, int fallback)
    {
        if (!address.Parameters.TryGetValue(name, out string? text)) return fallback;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new FormatException($"The address {address} has {name}={text}; it must be a number.");
    }
}
