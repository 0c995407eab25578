using System.Collections.Immutable;

namespace SourceGen.Rpc.Discovery;

/// <summary>
/// A registry's address taken apart: <c>scheme://[user[:password]@]endpoint[,endpoint...][/path][?name=value&amp;...]</c>. What the parts
/// mean is the plug-in's business. Percent escapes are resolved in user, password, path and parameters.
/// </summary>
public sealed class RegistryAddress
{
    private RegistryAddress(RpcAddress address)
    {
        Scheme = address.Scheme;
        string rest = address.Rest;
        int query = rest.IndexOf('?');
        Parameters = query < 0 ? ServiceMetadata.Empty : ParseParameters(rest[(query + 1)..], address);
        if (query >= 0) rest = rest[..query];
        int path = rest.IndexOf('/');
        Path = path < 0 ? "" : Uri.UnescapeDataString(rest[path..]);
        string authority = path < 0 ? rest : rest[..path];
        int at = authority.LastIndexOf('@');
        if (at >= 0)
        {
            string user = authority[..at];
            int colon = user.IndexOf(':');
            UserName = Uri.UnescapeDataString(colon < 0 ? user : user[..colon]);
            Password = colon < 0 ? "" : Uri.UnescapeDataString(user[(colon + 1)..]);
        }

        string endpoints = authority[(at + 1)..];
        Endpoints = [.. endpoints.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
    }

    /// <summary>What stands before <c>://</c>.</summary>
    public string Scheme { get; }

    /// <summary>The user's name; null when none is given.</summary>
    public string? UserName { get; }

    /// <summary>The password; empty when none is given.</summary>
    public string Password { get; } = "";

    /// <summary>The hosts, with their ports where they have one. Can be empty.</summary>
    public ImmutableArray<string> Endpoints { get; }

    /// <summary>From the first slash on; empty when there is none.</summary>
    public string Path { get; }

    /// <summary>The parameters.</summary>
    public ServiceMetadata Parameters { get; }

    /// <summary>Takes an address apart.</summary>
    /// <param name="address">The address.</param>
    /// <param name="parameters">The names of parameters that the plug-in knows.</param>
    /// <exception cref="FormatException">A parameter is not one of these, has no value or is given twice; the message names it.</exception>
    public static RegistryAddress Parse(RpcAddress address, params ReadOnlySpan<string> parameters)
    {
        ArgumentNullException.ThrowIfNull(address);
        RegistryAddress parsed = new(address);
        foreach (string name in parsed.Parameters.Keys)
        {
            if (parameters.Contains(name)) continue;
            throw new FormatException(
                $"The address {parsed} has the parameter '{name}', which {parsed.Scheme}:// does not know; it knows "
                + $"{(parameters.IsEmpty ? "none" : string.Join(", ", parameters.ToArray()))}.");
        }

        return parsed;
    }

    /// <summary>The hosts, each with a port.</summary>
    /// <param name="defaultPort">The port of those that do not name one.</param>
    /// <exception cref="FormatException">There is no host, or a port is not one.</exception>
    public ImmutableArray<RegistryEndpoint> GetEndpoints(int defaultPort)
    {
        if (Endpoints.Length > 0) return [.. Endpoints.Select(text => RegistryEndpoint.Parse(text, defaultPort))];
        throw new FormatException($"The address {this} names no host; write for example {Scheme}://127.0.0.1:{defaultPort}.");
    }

    /// <summary>A parameter that is <c>true</c> or <c>false</c>.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="fallback">What it is when it is not given.</param>
    /// <exception cref="FormatException">It is something else.</exception>
    public bool GetBoolean(string name, bool fallback = false)
    {
        if (!Parameters.TryGetValue(name, out string? text)) return fallback;
        return bool.TryParse(text, out bool value)
            ? value
            : throw new FormatException($"The address {this} has {name}={text}; it must be true or false.");
    }

    /// <summary>A parameter that is one of some words.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="words">The words; the first one is what it is when it is not given.</param>
    /// <exception cref="FormatException">It is something else.</exception>
    public string GetWord(string name, params ReadOnlySpan<string> words)
    {
        if (!Parameters.TryGetValue(name, out string? text)) return words[0];
        return words.Contains(text)
            ? text
            : throw new FormatException($"The address {this} has {name}={text}; it must be one of {string.Join(", ", words.ToArray())}.");
    }

    /// <summary>A parameter that is a time: a number of seconds (<c>30</c>, <c>0.5</c>).</summary>
    /// <param name="name">Its name.</param>
    /// <param name="fallback">What it is when it is not given.</param>
    /// <exception cref="FormatException">It is not a positive number of seconds up to a day.</exception>
    public TimeSpan GetSeconds(string name, TimeSpan fallback)
    {
        if (!Parameters.TryGetValue(name, out string? text)) return fallback;
        return double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out double seconds) && seconds is > 0 and <= 86_400
            ? TimeSpan.FromSeconds(seconds)
            : throw new FormatException($"The address {this} has {name}={text}; it must be a number of seconds, from above 0 to 86400.");
    }

    /// <summary>The address without its user, password and parameters, which may be secret.</summary>
    public override string ToString() => $"{Scheme}://{string.Join(',', Endpoints)}{Path}";

    private static ServiceMetadata ParseParameters(string query, RpcAddress address)
    {
        Dictionary<string, string> parameters = new(StringComparer.Ordinal);
        foreach (string pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=');
            string name = Uri.UnescapeDataString(equals < 0 ? pair : pair[..equals]);
            if (equals <= 0)
            {
                throw new FormatException($"The {address.Scheme}:// address has the parameter '{name}' without a value; write name=value.");
            }

            if (!parameters.TryAdd(name, Uri.UnescapeDataString(pair[(equals + 1)..])))
            {
                throw new FormatException($"The {address.Scheme}:// address has the parameter '{name}' twice.");
            }
        }

        return ServiceMetadata.Create(parameters);
    }
}
