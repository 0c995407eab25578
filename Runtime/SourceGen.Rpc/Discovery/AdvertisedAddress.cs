using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace SourceGen.Rpc.Discovery;

/// <summary>Finds the addresses that clients on other machines can call a server at.</summary>
internal static class AdvertisedAddress
{
    /// <summary>The addresses to register.</summary>
    /// <param name="listening">The concrete addresses that the server listens at.</param>
    /// <param name="options">What the user says about it.</param>
    /// <returns>
    /// What the user says; or else those of the network, with an address of the machine for "all addresses"; or else, for a server that no
    /// network reaches, what it listens at.
    /// </returns>
    /// <exception cref="ArgumentException">The interface or network that the user names has no address here.</exception>
    public static IReadOnlyList<string> Of(IReadOnlyList<RpcAddress> listening, RpcRegistrationOptions options)
    {
        if (options.AdvertisedAddresses.Count > 0) return [.. options.AdvertisedAddresses];
        string[] network = [.. listening.Where(IsNetwork).Select(address => Reachable(address, options.AdvertisedInterface)).Distinct()];
        return network.Length > 0 ? network : [.. listening.Select(static address => address.ToString())];
    }

    /// <summary>The machine's address for those who come from elsewhere.</summary>
    /// <param name="choice">An interface's name, or a network; null for the first that leads somewhere.</param>
    /// <param name="family">IPv4, or IPv6 where both will do and there is no IPv4.</param>
    /// <param name="isExclusive">Whether the other family is no alternative.</param>
    public static IPAddress Find(string? choice, AddressFamily family, bool isExclusive)
    {
        IPNetwork? network = choice is not null && choice.Contains('/')
            ? IPNetwork.TryParse(choice, out IPNetwork parsed) ? parsed : throw NotHere(choice, "it is not a network such as 10.0.0.0/8")
            : null;
        var candidates =
            from card in NetworkInterface.GetAllNetworkInterfaces()
            where card.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown
            let isLoopback = card.NetworkInterfaceType == NetworkInterfaceType.Loopback
            where choice is not null || !isLoopback
            where choice is null || network is not null || card.Name == choice
            let properties = card.GetIPProperties()
            let leadsOut = properties.GatewayAddresses.Count > 0
            from unicast in properties.UnicastAddresses
            let address = unicast.Address
            where !address.IsIPv6LinkLocal && (network is null || network.Value.Contains(address))
            where !isExclusive || address.AddressFamily == family
            orderby leadsOut descending, address.AddressFamily == family descending
            select address;
        return candidates.FirstOrDefault()
            ?? (choice is null
                ? family == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback
                : throw NotHere(choice, "no network interface here has that name, or an address in that network"));
    }

    private static bool IsNetwork(RpcAddress address) => address.Scheme is "tcp" or "tls";

    private static string Reachable(RpcAddress address, string? choice)
    {
        int colon = address.Rest.LastIndexOf(':');
        if (colon < 0 || !IPAddress.TryParse(address.Rest[..colon].Trim('[', ']'), out IPAddress? ip)) return address.ToString();
        if (!ip.Equals(IPAddress.Any) && !ip.Equals(IPAddress.IPv6Any)) return address.ToString();
        // A socket at [::] takes IPv4 too, which more clients can reach.
        IPAddress found = Find(choice, AddressFamily.InterNetwork, isExclusive: ip.Equals(IPAddress.Any));
        string host = found.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{found}]" : found.ToString();
        return $"{address.Scheme}://{host}{address.Rest[colon..]}";
    }

    private static ArgumentException NotHere(string choice, string why) =>
        new($"Registration.{nameof(RpcRegistrationOptions.AdvertisedInterface)} is '{choice}', and {why}.");
}
