using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Filters;
using SourceGen.Rpc.Security;

namespace SourceGen.Rpc.Client.Nodes;

/// <summary>The connections of one client by address. Its services share them; one that no service needs any more is closed.</summary>
internal sealed class NodeConnections(RpcClientOptions options, ILogger logger) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(RpcAddress Address, int Lane), (ClientChannel Channel, int Uses)> _channels = [];
    private readonly CredentialStore? _credentials =
        options.Credentials is { } credentials ? new CredentialStore(credentials, options.ConnectTimeout) : null;

    private bool _isDisposed;

    /// <summary>Whether there is a connection to any server.</summary>
    public bool IsConnected
    {
        get
        {
            lock (_gate) return _channels.Values.Any(static entry => entry.Channel.Current is { IsUsable: true });
        }
    }

    /// <summary>
    /// Gets the way to an address, which is not connected to yet. Each time is to be followed by a <see cref="Release"/>.
    /// </summary>
    /// <param name="address">The address.</param>
    /// <param name="lane">Which of several connections to it, from 0.</param>
    /// <exception cref="FormatException">It is not an address that a client can connect to.</exception>
    /// <exception cref="NotSupportedException">No transport serves it.</exception>
    public ClientChannel Acquire(RpcAddress address, int lane = 0)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_channels.TryGetValue((address, lane), out (ClientChannel Channel, int Uses) known))
            {
                _channels[(address, lane)] = known with { Uses = known.Uses + 1 };
                return known.Channel;
            }

            // The filters run once around a call, not around each attempt of it.
            ClientChannel channel = new(address, options, _credentials, FilterChain.Empty, isOneOfMany: true);
            _channels.Add((address, lane), (channel, 1));
            return channel;
        }
    }

    /// <summary>A service does not need the connection any more. Calls in flight finish.</summary>
    public void Release(ClientChannel channel)
    {
        lock (_gate)
        {
            foreach (((RpcAddress Address, int Lane) place, (ClientChannel known, int uses)) in _channels)
            {
                if (known != channel) continue;
                if (uses > 1)
                {
                    _channels[place] = (channel, uses - 1);
                    return;
                }

                _channels.Remove(place);
                break;
            }
        }

        ClientLog.NodeLeft(logger, channel.Address);
        channel.Retire();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        ClientChannel[] channels;
        lock (_gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            channels = [.. _channels.Values.Select(static entry => entry.Channel)];
            _channels.Clear();
        }

        await Task.WhenAll(channels.Select(static channel => channel.DisposeAsync().AsTask())).ConfigureAwait(false);
    }
}
