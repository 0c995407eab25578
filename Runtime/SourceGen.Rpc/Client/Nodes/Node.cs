using SourceGen.Rpc.Selection;

namespace SourceGen.Rpc.Client.Nodes;

/// <summary>
/// One server of a service, with the way to it. The connection is opened when a call is to go there for the first time; further ones when those
/// that are there have many calls in flight, and the client may have several.
/// </summary>
internal sealed class Node
{
    private readonly RpcClientOptions _options;
    private readonly NodeConnections _connections;
    private readonly Action<bool> _watcher;
    private readonly Lock _gate = new();
    private volatile ClientChannel[] _channels;
    private bool _hasLeft;

    /// <param name="state">See <see cref="State"/>.</param>
    /// <param name="address">Where it is called.</param>
    /// <param name="connections">Where the ways to it come from.</param>
    /// <param name="options">How many connections there may be.</param>
    public Node(NodeState state, RpcAddress address, NodeConnections connections, RpcClientOptions options)
    {
        State = state;
        _options = options;
        _connections = connections;
        _channels = [connections.Acquire(address)];
        _watcher = _ => State.IsConnected = IsConnected;
        Channel.Watch(_watcher);
    }

    /// <summary>What the registry says about it, and how calls to it go.</summary>
    public NodeState State { get; }

    /// <summary>The first connection, which other services of the client may share.</summary>
    public ClientChannel Channel => _channels[0];

    /// <summary>Whether a call can be sent to it at this moment.</summary>
    public bool IsConnected
    {
        get
        {
            foreach (ClientChannel channel in _channels)
            {
                if (IsUp(channel)) return true;
            }

            return false;
        }
    }

    /// <summary>Chooses the connection for a call: the one with the fewest calls in flight of those that are up.</summary>
    /// <param name="lane">Its number.</param>
    public ClientChannel Choose(out int lane)
    {
        ClientChannel[] channels = _channels;
        lane = 0;
        if (_options.MaxConnectionsPerServer > 1) lane = ChooseOne(channels);
        return channels[lane];
    }

    /// <summary>No calls go there any more.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            _hasLeft = true;
            foreach (ClientChannel channel in _channels)
            {
                channel.Unwatch(_watcher);
                _connections.Release(channel);
            }
        }

        State.IsConnected = false;
    }

    /// <summary>The server, for messages.</summary>
    public override string ToString() => State.ToString();

    private static bool IsUp(ClientChannel channel) => channel.Current is { IsUsable: true };

    private int ChooseOne(ClientChannel[] channels)
    {
        int best = 0;
        long fewest = long.MaxValue;
        for (int i = 0; i < channels.Length; i++)
        {
            if (channels[i].Current is not { IsUsable: true } connection || connection.Calls.InFlight >= fewest) continue;
            fewest = connection.Calls.InFlight;
            best = i;
        }

        bool isFull = State.InFlight > (long)_options.CallsPerConnection * channels.Length; // The call that is about to be sent is counted.
        if (isFull && channels.Length < _options.MaxConnectionsPerServer) Grow(channels);
        return best;
    }

    /// <summary>Opens one more, for later calls.</summary>
    private void Grow(ClientChannel[] seen)
    {
        lock (_gate)
        {
            if (_hasLeft || _channels != seen || !Array.TrueForAll(seen, IsUp)) return; // One that is being opened is enough for now.
            ClientChannel another = _connections.Acquire(Channel.Address, seen.Length);
            _channels = [.. seen, another];
            another.Watch(_watcher);
            _ = another.WhenAttempted();
        }
    }
}
