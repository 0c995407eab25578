using System.Globalization;
using System.Text;

namespace SourceGen.Rpc.Discovery;

/// <summary>
/// A service at an address, in the form of Dubbo's URLs: <c>tcp://10.0.0.1:5000/Shop.Greeter?group=a&amp;version=1.0&amp;weight=200</c>.
/// With the scheme <c>consumer</c> it is a condition that services are found by, and its group and version may be <c>*</c>. Immutable; two
/// are equal when all their parts are, parameters in whatever order.
/// </summary>
/// <param name="Scheme">
/// The scheme of the address that the service is called at, in lower case; <c>consumer</c>, <c>empty</c>, <c>override</c>.
/// </param>
/// <param name="Host">A name or an IP address, an IPv6 one without brackets.</param>
/// <param name="Port">The port; 0 for none.</param>
/// <param name="Path">What follows the host's slash: the service's name.</param>
public sealed record ServiceUrl(string Scheme, string Host, int Port, string Path)
{
    /// <summary>Stands for every value in a condition.</summary>
    public const string Any = "*";

    /// <summary>The user's name; empty for none.</summary>
    public string UserName { get; init; } = "";

    /// <summary>The password; empty for none.</summary>
    public string Password { get; init; } = "";

    /// <summary>The parameters.</summary>
    public ServiceMetadata Parameters { get; init; } = ServiceMetadata.Empty;

    /// <summary>The service's name: the parameter <c>interface</c>, or else the path.</summary>
    public string ServiceName => Parameters.GetValueOrDefault(ServiceUrlParameters.Interface, Path);

    /// <summary>The group; empty for none, <c>*</c> for any.</summary>
    public string Group => Parameters.GetValueOrDefault(ServiceUrlParameters.Group);

    /// <summary>The version; empty for none, <c>*</c> for any.</summary>
    public string Version => Parameters.GetValueOrDefault(ServiceUrlParameters.Version);

    /// <summary>What kind of entry it is. Default: <c>providers</c>.</summary>
    public string Category => Parameters.GetValueOrDefault(ServiceUrlParameters.Category, ServiceUrlParameters.Providers);

    /// <summary>Whether its entry ends with the server; false when the parameter <c>dynamic</c> is <c>false</c>.</summary>
    public bool IsDynamic => Parameters.GetValueOrDefault(ServiceUrlParameters.Dynamic, "true") != "false";

    /// <summary>Whether finding nothing when one starts is an error; false when the parameter <c>check</c> is <c>false</c>.</summary>
    public bool IsChecked => Parameters.GetValueOrDefault(ServiceUrlParameters.Check, "true") != "false";

    /// <summary><c>group/name:version</c>, without what is empty.</summary>
    public string ServiceKey => $"{(Group.Length > 0 ? Group + "/" : "")}{ServiceName}{(Version.Length > 0 ? ":" + Version : "")}";

    /// <summary>Reads a URL.</summary>
    /// <param name="text">The text; percent escapes are resolved, and a percent sign that begins none stands for itself.</param>
    /// <exception cref="FormatException">It is not a URL; the message says what is wrong with it.</exception>
    public static ServiceUrl Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int separator = text.IndexOf("://", StringComparison.Ordinal);
        if (separator <= 0) throw Wrong(text, "it does not begin with a scheme and '://'");
        string rest = text[(separator + 3)..];
        ServiceMetadata parameters = ServiceMetadata.Empty;
        int query = rest.IndexOf('?');
        if (query >= 0)
        {
            parameters = ServiceMetadata.Create(rest[(query + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair =>
            {
                int equals = pair.IndexOf('=');
                return equals < 0
                    ? new KeyValuePair<string, string>(Uri.UnescapeDataString(pair), "")
                    : new KeyValuePair<string, string>(Uri.UnescapeDataString(pair[..equals]), Uri.UnescapeDataString(pair[(equals + 1)..]));
            }));
            rest = rest[..query];
        }

        int slash = rest.IndexOf('/');
        string path = slash < 0 ? "" : Uri.UnescapeDataString(rest[(slash + 1)..]);
        string authority = slash < 0 ? rest : rest[..slash];
        string user = "";
        string password = "";
        int at = authority.LastIndexOf('@');
        if (at >= 0)
        {
            int colon = authority.IndexOf(':', 0, at);
            user = Uri.UnescapeDataString(authority[..(colon < 0 ? at : colon)]);
            password = colon < 0 ? "" : Uri.UnescapeDataString(authority[(colon + 1)..at]);
            authority = authority[(at + 1)..];
        }

        (string host, int port) = ParseAuthority(authority, text);
        return new ServiceUrl(text[..separator].ToLowerInvariant(), host, port, path)
        {
            UserName = user,
            Password = password,
            Parameters = parameters,
        };
    }

    /// <summary>This URL with one parameter set.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value.</param>
    public ServiceUrl With(string name, string value) => this with { Parameters = Parameters.With(name, value) };

    /// <summary>A parameter of a method (<c>methods.{method}.{name}</c>), or else that of the service.</summary>
    /// <param name="method">The method's name on the wire.</param>
    /// <param name="name">The parameter's name.</param>
    /// <returns>The value; null when neither is there.</returns>
    public string? GetMethodParameter(string method, string name) =>
        Parameters.TryGetValue($"methods.{method}.{name}", out string? own) || Parameters.TryGetValue(name, out own) ? own : null;

    /// <summary>
    /// Whether this condition selects a record: the name is equal or <c>*</c>, and so are group and version. Without a group or version it
    /// selects only records without one.
    /// </summary>
    /// <param name="record">The record.</param>
    public bool Selects(ServiceRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return IsMatch(ServiceName, record.Name) && IsMatch(Group, record.Group) && IsMatch(Version, record.Version);

        static bool IsMatch(string condition, string value) => condition == Any || condition == value;
    }

    /// <summary>
    /// The whole URL, its parameters in ordinal order of their names; what would be read as something else is percent-escaped.
    /// </summary>
    public override string ToString()
    {
        StringBuilder text = new();
        text.Append(Scheme).Append("://");
        if (UserName.Length > 0 || Password.Length > 0)
        {
            text.Append(Uri.EscapeDataString(UserName));
            if (Password.Length > 0) text.Append(':').Append(Uri.EscapeDataString(Password));
            text.Append('@');
        }

        text.Append(Host.Contains(':') ? $"[{Host}]" : Host);
        if (Port > 0) text.Append(CultureInfo.InvariantCulture, $":{Port}");
        if (Path.Length > 0 || Parameters.Count > 0) text.Append('/');
        Escape(text, Path, "?%#");
        char separator = '?';
        foreach ((string name, string value) in Parameters)
        {
            text.Append(separator);
            Escape(text, name, "=&%#");
            text.Append('=');
            Escape(text, value, "&%#");
            separator = '&';
        }

        return text.ToString();
    }

    private static void Escape(StringBuilder text, string value, string reserved)
    {
        foreach (char c in value)
        {
            if (c <= ' ' || c == 0x7F || reserved.Contains(c)) text.Append(CultureInfo.InvariantCulture, $"%{(int)c:X2}");
            else text.Append(c);
        }
    }

    private static (string Host, int Port) ParseAuthority(string authority, string text)
    {
        if (authority.Length == 0) return ("", 0);
        if (!authority.Contains(':') || (authority.StartsWith('[') && authority.EndsWith(']'))) return (authority.Trim('[', ']'), 0);
        try
        {
            RegistryEndpoint endpoint = RegistryEndpoint.Parse(authority, defaultPort: 1);
            return (endpoint.Host, endpoint.Port);
        }
        catch (FormatException)
        {
            throw Wrong(text, $"'{authority}' is not a host with a port");
        }
    }

    private static FormatException Wrong(string text, string why) =>
        new($"'{text}' is not a service URL: {why}. Write for example tcp://10.0.0.1:5000/Shop.Greeter?version=1.0.");
}
