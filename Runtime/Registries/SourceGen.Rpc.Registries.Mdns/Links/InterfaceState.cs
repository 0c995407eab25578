using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace SourceGen.Rpc.Registries.Mdns.Links;

/// <summary>An interface that mDNS can be spoken on, as it is when it is looked at.</summary>
/// <param name="Name">Such as <c>eth0</c>.</param>
/// <param name="Index">Its number.</param>
/// <param name="Networks">Its addresses, with the networks that they are in.</param>
/// <param name="CarrierChanges">How often its carrier came or went, where the system counts that; otherwise 0.</param>
internal sealed record InterfaceState(string Name, int Index, IReadOnlyList<UnicastIPAddressInformation> Networks, long CarrierChanges)
{
    public IEnumerable<IPAddress> Addresses => Networks.Select(static network => network.Address);

    /// <summary>Those that are to take part now.</summary>
    public static List<InterfaceState> Choose(MdnsRegistryOptions options)
    {
        List<NetworkInterface> usable = [];
        foreach (NetworkInterface network in NetworkInterface.GetAllNetworkInterfaces())
        {
            if (options.Interfaces.Count > 0 && !options.Interfaces.Contains(network.Name)) continue;
            // A cable without another end is up and has no carrier: what is sent there is lost, and nobody would notice when it comes.
            bool isUp = network.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown;
            // The loopback interface of Linux says of itself neither that it is up nor that it can multicast.
            if (!IsLoopback(network) && !(isUp && network.SupportsMulticast)) continue;
            if (NetworksOf(network).Any()) usable.Add(network);
        }

        if (options.Interfaces.Count == 0 && !usable.TrueForAll(IsLoopback)) usable.RemoveAll(IsLoopback);
        return usable.ConvertAll(static network => new InterfaceState(
            network.Name, network.GetIPProperties().GetIPv4Properties().Index, [.. NetworksOf(network)], CarrierChangesOf(network.Name)));
    }

    /// <summary>Whether it is the same interface with the same addresses.</summary>
    public bool IsSameAs(InterfaceState other) => Index == other.Index && Addresses.ToHashSet().SetEquals(other.Addresses);

    private static bool IsLoopback(NetworkInterface network) => network.NetworkInterfaceType == NetworkInterfaceType.Loopback;

    private static IEnumerable<UnicastIPAddressInformation> NetworksOf(NetworkInterface network) =>
        network.GetIPProperties().UnicastAddresses.Where(static one => one.Address.AddressFamily == AddressFamily.InterNetwork);

    private static long CarrierChangesOf(string name)
    {
        if (!OperatingSystem.IsLinux()) return 0;
        try
        {
            string text = File.ReadAllText($"/sys/class/net/{name}/carrier_changes");
            return long.TryParse(text, NumberStyles.None | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out long count) ? count : 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Gone meanwhile, or hidden in a container: then only what lasts until the next look is noticed.
            return 0;
        }
    }
}
