using System.Globalization;

namespace SourceGen.Rpc.Discovery;

/// <summary>A host and a port of a registry.</summary>
/// <param name="Host">A name or an IP address, an IPv6 one without its brackets.</param>
/// <param name="Port">From 1 to 65535.</param>
public readonly record struct RegistryEndpoint(string Host, int Port)
{
    /// <summary>Reads <c>host</c>, <c>host:port</c>, <c>[::1]</c> or <c>[::1]:port</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="defaultPort">The port when it names none.</param>
    /// <exception cref="FormatException">It is none of these; the message quotes it.</exception>
    public static RegistryEndpoint Parse(string text, int defaultPort)
    {
        ArgumentNullException.ThrowIfNull(text);
        int close = text.StartsWith('[') ? text.IndexOf(']') : -1;
        string host = close > 0 ? text[1..close] : text;
        int colon = close > 0 ? (text.Length > close + 1 && text[close + 1] == ':' ? close + 1 : -1) : text.LastIndexOf(':');
        int port = defaultPort;
        bool isValid = !text.StartsWith('[') || (close > 1 && (colon > 0 || close == text.Length - 1));
        if (colon >= 0)
        {
            if (close < 0) host = text[..colon];
            isValid &= int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65_535;
        }

        if (!isValid || host.Length == 0 || (close < 0 && host.Contains(':')))
        {
            throw new FormatException($"'{text}' is not a host with a port; write for example 127.0.0.1:{defaultPort} or [::1]:{defaultPort}.");
        }

        return new RegistryEndpoint(host, port);
    }

    /// <summary><c>host:port</c>, an IPv6 address in brackets.</summary>
    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
