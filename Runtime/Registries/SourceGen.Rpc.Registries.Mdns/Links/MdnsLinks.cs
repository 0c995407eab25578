using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Registries.Mdns.Links;

/// <summary>The interfaces that take part, which come and go with the machine's.</summary>
internal sealed class MdnsLinks(MdnsRegistryOptions options, MdnsLoop loop, ILogger logger) : IDisposable
{
    private readonly List<MdnsLink> _links = [];
    private readonly HashSet<string> _failed = [];

    public IReadOnlyList<MdnsLink> All => _links;

    /// <summary>What arrives. Called in the loop.</summary>
    public required Action<MdnsLink, byte[], IPEndPoint> Received { get; init; }

    /// <summary>An interface came. Called in the loop.</summary>
    public required Action<MdnsLink> Joined { get; init; }

    /// <summary>An interface went. Called in the loop.</summary>
    public required Action<MdnsLink> Left { get; init; }

    /// <summary>Looks at the machine's interfaces, now and from then on.</summary>
    public void Scan()
    {
        if (loop.Stopping.IsCancellationRequested) return;
        List<(NetworkInterface Network, int Index)> wanted = Choose();
        foreach (MdnsLink gone in _links.Where(link => !wanted.Exists(one => IsSame(one, link))).ToArray())
        {
            _links.Remove(gone);
            gone.Dispose();
            MdnsRegistryLog.InterfaceLeft(logger, gone.Name);
            Left(gone);
        }

        foreach ((NetworkInterface Network, int Index) one in wanted.Where(one => !_links.Exists(link => IsSame(one, link))))
        {
            Join(one.Network, one.Index);
        }
        loop.After(options.RescanInterval, Scan);
    }

    public void Dispose()
    {
        foreach (MdnsLink link in _links) link.Dispose();
        _links.Clear();
    }

    private void Join(NetworkInterface network, int index)
    {
        try
        {
            MdnsLink link = MdnsLink.Open(network, index, options.Port, logger);
            _links.Add(link);
            _failed.Remove(network.Name);
            _ = Task.Run(() => link.ReceiveAsync((from, bytes, peer) => loop.PostMessage(() => Received(from, bytes, peer))));
            MdnsRegistryLog.InterfaceJoined(logger, network.Name);
            Joined(link);
        }
        catch (SocketException e)
        {
            if (_failed.Add(network.Name)) MdnsRegistryLog.InterfaceFailed(logger, network.Name, e.Message);
        }
    }

    private List<(NetworkInterface Network, int Index)> Choose()
    {
        List<(NetworkInterface Network, int Index)> usable = [];
        foreach (NetworkInterface network in NetworkInterface.GetAllNetworkInterfaces())
        {
            // The loopback interface of Linux says of itself neither that it is up nor that it can multicast.
            bool isLoopback = network.NetworkInterfaceType == NetworkInterfaceType.Loopback;
            if (options.Interfaces.Count > 0 && !options.Interfaces.Contains(network.Name)) continue;
            // A cable without another end is up and has no carrier: what is sent there is lost, and nobody would notice when it comes.
            bool isUp = network.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown;
            if (!isLoopback && !(isUp && network.SupportsMulticast)) continue;
            if (!MdnsLink.AddressesOf(network).Any()) continue;
            usable.Add((network, network.GetIPProperties().GetIPv4Properties().Index));
        }

        bool hasOthers = usable.Exists(static one => one.Network.NetworkInterfaceType != NetworkInterfaceType.Loopback);
        if (options.Interfaces.Count == 0 && hasOthers)
        {
            usable.RemoveAll(static one => one.Network.NetworkInterfaceType == NetworkInterfaceType.Loopback);
        }
        return usable;
    }

    private static bool IsSame((NetworkInterface Network, int Index) one, MdnsLink link) =>
        one.Index == link.Index && link.HasAddresses(MdnsLink.AddressesOf(one.Network).Select(static address => address.Address));
}
