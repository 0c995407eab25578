using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Mdns;

/// <summary>
/// On which interfaces, in which layout and at which pace. Most have a parameter in the address; docs/registries/mdns.md lists them.
/// </summary>
public sealed class MdnsRegistryOptions
{
    /// <summary>
    /// The names of the network interfaces, such as <c>eth0</c> or <c>lo</c>. Default: none, which means all that are up, can multicast and
    /// have an IPv4 address; the loopback interface only when there is no other. In an address they stand where hosts do, or in the
    /// parameter
    /// <c>interface</c>.
    /// </summary>
    public IList<string> Interfaces { get; } = [];

    /// <summary>
    /// In whose form records are announced and read. Default: DNS-SD; <see cref="RecordLayout.GoMicro"/> is <c>layout=micro</c>.
    /// </summary>
    public RecordLayout Layout { get; set; }

    /// <summary>
    /// The UDP port. Default: 5353, which is that of mDNS; another one is a network of its own. Address parameter <c>port</c>.
    /// </summary>
    public int Port { get; set; } = 5353;

    /// <summary>
    /// How long answers are gathered before the first snapshot of a service that was not asked for before. Default: 1 second: a
    /// record that was sent to all less than a second ago is only then sent again. Address parameter <c>window</c>, in seconds.
    /// </summary>
    public TimeSpan QueryWindow { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The time between two of the three questions whether a name is free (RFC 6762, 8.1). Default: 250 milliseconds.</summary>
    public TimeSpan ProbeInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// The time between the two announcements of a record, from the first to the second question, and the least between two times that a
    /// record is sent to all (RFC 6762, 8.3, 5.2 and 6). Default: 1 second.
    /// </summary>
    public TimeSpan AnnounceInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest random delay of answers that others may give, too (RFC 6762, 6). Default: 120 milliseconds.</summary>
    public TimeSpan MaxResponseDelay { get; set; } = TimeSpan.FromMilliseconds(120);

    /// <summary>How often the machine's interfaces are looked at. Default: 5 seconds.</summary>
    public TimeSpan RescanInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long registering waits for a name that is free. Default: 5 seconds. Address parameter <c>timeout</c>.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Reads the options from an address.</summary>
    /// <param name="address">Such as <c>mdns://</c>, <c>mdns://lo</c> or <c>mdns://?layout=micro</c>.</param>
    /// <exception cref="FormatException">A part of it is wrong; the message says which.</exception>
    public static MdnsRegistryOptions FromAddress(RpcAddress address)
    {
        RegistryAddress parsed = RegistryAddress.Parse(address, "interface", "layout", "port", "window", "timeout");
        if (parsed.UserName is not null) throw new FormatException($"The address {parsed} has a user; mDNS knows none.");
        if (parsed.Path.Length > 1) throw new FormatException($"The address {parsed} has the path {parsed.Path}; mdns:// has none.");
        MdnsRegistryOptions options = new();
        foreach (string name in parsed.Endpoints) options.Interfaces.Add(name);
        foreach (string name in parsed.Parameters.GetValueOrDefault("interface").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            options.Interfaces.Add(name);
        }
        options.Layout = parsed.GetWord("layout", "default", "micro") == "micro" ? RecordLayout.GoMicro : RecordLayout.Default;
        if (parsed.Parameters.TryGetValue("port", out string? port))
        {
            options.Port = ushort.TryParse(port, out ushort number) ? number : throw new FormatException(
                $"The address {parsed} has port={port}; it must be from 1 to 65535.");
        }

        options.QueryWindow = parsed.GetSeconds("window", options.QueryWindow);
        options.Timeout = parsed.GetSeconds("timeout", options.Timeout);
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

    /// <summary>Checks that the options make sense.</summary>
    /// <exception cref="ArgumentException">One does not; the message names it and says what is possible.</exception>
    public void Validate()
    {
        if (Layout is not (RecordLayout.Default or RecordLayout.GoMicro))
        {
            throw new ArgumentException($"Layout is {Layout}; mDNS has Default and GoMicro.");
        }
        if (Port is < 1 or > ushort.MaxValue) throw new ArgumentException($"Port is {Port}; it must be from 1 to {ushort.MaxValue}.");
        foreach (string name in Interfaces) ArgumentException.ThrowIfNullOrWhiteSpace(name, nameof(Interfaces));
        CheckTime(QueryWindow, nameof(QueryWindow));
        CheckTime(ProbeInterval, nameof(ProbeInterval));
        CheckTime(AnnounceInterval, nameof(AnnounceInterval));
        CheckTime(MaxResponseDelay, nameof(MaxResponseDelay));
        CheckTime(RescanInterval, nameof(RescanInterval));
        CheckTime(Timeout, nameof(Timeout));
    }

    private static void CheckTime(TimeSpan time, string name)
    {
        if (time <= TimeSpan.Zero || time > TimeSpan.FromHours(1))
        {
            throw new ArgumentException($"{name} is {time}; it must be above 0 and at most an hour.");
        }
    }
}
