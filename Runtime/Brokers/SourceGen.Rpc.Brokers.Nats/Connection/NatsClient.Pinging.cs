using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.Nats.Connection;

/// <summary>Asking the server whether it is there, and has done what it was told before.</summary>
internal sealed partial class NatsClient
{
    /// <summary>The server asked.</summary>
    public void SendPong()
    {
        lock (_gate)
        {
            _pending.Pong();
            _connection?.Wake();
        }
    }

    /// <summary>Asks the server whether it is there.</summary>
    public void SendPing()
    {
        lock (_gate) Ping(null);
    }

    /// <summary>The server answered.</summary>
    public void OnPong()
    {
        lock (_gate)
        {
            if (_pings.TryDequeue(out TaskCompletionSource<bool>? waiting)) waiting?.TrySetResult(true);
        }
    }

    private async Task PingAsync(TimeSpan timeout, bool isAnyState, CancellationToken cancellationToken)
    {
        long deadline = Deadline(timeout);
        while (true)
        {
            Task waiting;
            Task<bool>? pong = null;
            lock (_gate)
            {
                if (!_isOpen && !isAnyState) throw BrokerErrors.NotConnected(Address);
                if (_connection is not null)
                {
                    TaskCompletionSource<bool> source = new(TaskCreationOptions.RunContinuationsAsynchronously);
                    Ping(source);
                    waiting = pong = source.Task;
                }
                else
                {
                    waiting = WaitForChange();
                }
            }

            if (!await WaitAsync(waiting, deadline, cancellationToken).ConfigureAwait(false))
            {
                throw BrokerErrors.Lost(
                    Address, $"{State.Problem ?? "the server did not answer to PING"} within {timeout.TotalSeconds:0.###} s.", RpcCallProgress.Unknown);
            }

            if (pong is not null && await pong.ConfigureAwait(false)) return;
        }
    }

    private void Ping(TaskCompletionSource<bool>? source)
    {
        if (_connection is null) return;
        _pings.Enqueue(source);
        _pending.Ping();
        _pendingPings++;
        _connection.Wake();
    }
}
