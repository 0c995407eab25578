using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Registries.Mdns.Links;

/// <summary>The interfaces that take part, which come and go with the machine's.</summary>
internal sealed class MdnsLinks(MdnsRegistryOptions options, MdnsLoop loop, ILogger logger) : IDisposable
{
    private readonly List<MdnsLink> _links = [];
    private readonly HashSet<string> _failed = [];

    /// <summary>Those that take part, which change.</summary>
    public IReadOnlyList<MdnsLink> All => _links;

    /// <summary>What arrives. Called in the loop.</summary>
    public required Action<MdnsLink, byte[], IPEndPoint> Received { get; init; }

    /// <summary>An interface came. Called in the loop.</summary>
    public required Action<MdnsLink> Joined { get; init; }

    /// <summary>An interface was away and is there again, with its socket and its addresses. Called in the loop.</summary>
    public required Action<MdnsLink> Reconnected { get; init; }

    /// <summary>An interface went. Called in the loop.</summary>
    public required Action<MdnsLink> Left { get; init; }

    /// <summary>Looks at the machine's interfaces, now and from then on.</summary>
    public void Scan()
    {
        if (loop.Stopping.IsCancellationRequested) return;
        List<InterfaceState> wanted = InterfaceState.Choose(options);
        foreach (MdnsLink gone in _links.Where(link => !wanted.Exists(link.State.IsSameAs)).ToArray())
        {
            _links.Remove(gone);
            gone.Dispose();
            MdnsRegistryLog.InterfaceLeft(logger, gone.Name);
            Left(gone);
        }

        foreach (InterfaceState state in wanted)
        {
            MdnsLink? link = _links.Find(one => one.State.IsSameAs(state));
            if (link is null) Join(state);
            else if (link.State.CarrierChanges != state.CarrierChanges) Reconnect(link, state);
        }

        loop.After(options.RescanInterval, Scan);
    }

    public void Dispose()
    {
        foreach (MdnsLink link in _links) link.Dispose();
        _links.Clear();
    }

    private void Join(InterfaceState state)
    {
        try
        {
            MdnsLink link = MdnsLink.Open(state, options.Port, logger);
            _links.Add(link);
            _failed.Remove(state.Name);
            _ = Task.Run(() => link.ReceiveAsync(datagram => loop.PostMessage(() => Receive(link, datagram))));
            MdnsRegistryLog.InterfaceJoined(logger, state.Name);
            Joined(link);
        }
        catch (SocketException e)
        {
            if (_failed.Add(state.Name)) MdnsRegistryLog.InterfaceFailed(logger, state.Name, e.Message);
        }
    }

    private void Reconnect(MdnsLink link, InterfaceState state)
    {
        link.Reconnect(state);
        MdnsRegistryLog.InterfaceReconnected(logger, state.Name);
        Reconnected(link);
    }

    private void Receive(MdnsLink receiver, Datagram datagram)
    {
        // What is sent to this machine alone comes to the socket of any interface. Some systems give it the number of the loopback
        // interface when it is from this machine.
        MdnsLink link = _links.Find(one => one.Index == datagram.Interface) ?? receiver;
        if (link.IsFromHere(datagram)) Received(link, datagram.Bytes, datagram.From);
    }
}
