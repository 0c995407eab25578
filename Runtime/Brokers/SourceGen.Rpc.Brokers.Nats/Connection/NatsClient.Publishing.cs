using SourceGen.Rpc.Brokers.Nats.Protocol;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.Nats.Connection;

/// <summary>What is sent: gathered by whoever publishes, and taken by the loop that writes.</summary>
internal sealed partial class NatsClient
{
    /// <summary>Publishes a message; completes when it is in the connection's buffer.</summary>
    /// <param name="message">The message; its topic is not looked at.</param>
    /// <param name="request">Who waits for the answer; null for nobody.</param>
    /// <param name="deduplicationId">See <see cref="NatsWriter.Publish(in OutgoingMessage, string?, string?)"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public ValueTask PublishAsync(in OutgoingMessage message, NatsRequest? request, string? deduplicationId, CancellationToken cancellationToken)
    {
        int headerLength = NatsWriter.GetHeaderLength(in message, deduplicationId);
        lock (_gate)
        {
            // Not past those who wait: messages of one publisher stay in their order, also when it does not wait for each.
            if (_inLine == 0 && TryPublish(in message, headerLength, request, deduplicationId)) return default;
            _inLine++;
        }

        return PublishLaterAsync(message, headerLength, request, deduplicationId, cancellationToken);
    }

    /// <summary>Publishes what is small and must not wait: acknowledgements and requests for messages. Without a connection it is gone.</summary>
    public void Post(ReadOnlySpan<byte> subject, string? reply, ReadOnlySpan<byte> payload)
    {
        lock (_gate)
        {
            if (_connection is null) return;
            _pending.Publish(subject, reply, payload);
            _connection.Wake();
        }
    }

    /// <summary>The next bytes to be sent; those of the last call were sent.</summary>
    public ReadOnlyMemory<byte> NextBatch()
    {
        lock (_gate)
        {
            if (_hasPrefix)
            {
                _hasPrefix = false;
                return _sending.Written;
            }

            if (_isLastSent) return default;
            _isLastSent = _isLeaving;
            _sending.Clear();
            (_pending, _sending) = (_sending, _pending);
            _pendingPings = 0;
            if (_sending.Length > 0) Signal();
            return _sending.Written;
        }
    }

    private bool TryPublish(in OutgoingMessage message, int headerLength, NatsRequest? request, string? deduplicationId)
    {
        if (!_isOpen) throw BrokerErrors.NotConnected(Address);
        if (_connection is not { } connection) return false;
        long size = (long)headerLength + message.Payload.Length;
        if (size > connection.MaxPayload) throw BrokerErrors.TooLarge(Address, message.Topic, size, connection.MaxPayload);
        if (headerLength > 0 && !connection.Info.HasHeaders)
        {
            throw new RpcException(RpcStatusCode.FailedPrecondition, $"The broker {Address} takes no headers, keys or ids: its server is older than 2.2, or has them off.")
            {
                Progress = RpcCallProgress.NotSent,
            };
        }

        if (_pending.Length > 0 && _pending.Length + size + message.Topic.Length > _options.MaxPendingBytes) return false;
        _pending.Publish(in message, request?.Reply, deduplicationId);
        connection.Wake();
        return true;
    }

    private async ValueTask PublishLaterAsync(
        OutgoingMessage message, int headerLength, NatsRequest? request, string? deduplicationId, CancellationToken cancellationToken)
    {
        long deadline = Deadline(_options.PublishTimeout);
        bool isFirst = false;
        try
        {
            isFirst = await _line.WaitAsync(_options.PublishTimeout, cancellationToken).ConfigureAwait(false);
            while (true)
            {
                Task changed;
                bool isConnected;
                lock (_gate)
                {
                    if (isFirst && TryPublish(in message, headerLength, request, deduplicationId)) return;
                    isConnected = _connection is not null;
                    changed = WaitForChange();
                }

                if (!isFirst || !await WaitAsync(changed, deadline, cancellationToken).ConfigureAwait(false)) throw Late(isConnected);
            }
        }
        finally
        {
            if (isFirst) _line.Release();
            lock (_gate) _inLine--;
        }
    }

    private RpcException Late(bool isConnected)
    {
        string within = $"within {_options.PublishTimeout.TotalSeconds:0.###} s";
        return isConnected
            ? BrokerErrors.Full(
                Address, $"{_options.MaxPendingBytes:N0} bytes wait to be sent, and none were {within}. The server or the network is slower than what publishes.")
            : BrokerErrors.Lost(Address, $"{State.Problem} It did not come back {within}.", RpcCallProgress.NotSent);
    }
}
