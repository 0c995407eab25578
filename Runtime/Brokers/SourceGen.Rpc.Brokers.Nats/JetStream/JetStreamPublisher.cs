using SourceGen.Rpc.Brokers.Nats.Connection;
using SourceGen.Rpc.Brokers.Nats.Protocol;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.Nats.JetStream;

/// <summary>Publishes messages, and waits until JetStream has them.</summary>
/// <param name="client">By which connection.</param>
/// <param name="api">JetStream.</param>
/// <param name="streams">Where they are kept.</param>
/// <param name="timeout">How long a confirmation is waited for.</param>
internal sealed class JetStreamPublisher(NatsClient client, JetStreamApi api, JetStreamStreams streams, TimeSpan timeout)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Publishes a message, and waits for its confirmation.</summary>
    /// <param name="message">The message.</param>
    /// <param name="deduplicationId">See <see cref="NatsWriter.Publish(in OutgoingMessage, string?, string?)"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask PublishAsync(OutgoingMessage message, string? deduplicationId, CancellationToken cancellationToken)
    {
        NatsRequest request = client.BeginRequest(message.Topic);
        try
        {
            if (await TryBeginAsync(message, request, deduplicationId, cancellationToken).ConfigureAwait(false)
                && await IsStoredAsync(message.Topic, request, cancellationToken).ConfigureAwait(false)) return;
        }
        finally
        {
            client.EndRequest(request);
        }

        await RepeatAsync(message, deduplicationId, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Publishes messages in their order, and waits for all confirmations together.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask PublishAsync(ReadOnlyMemory<OutgoingMessage> messages, CancellationToken cancellationToken)
    {
        NatsRequest[] requests = new NatsRequest[messages.Length];
        int begun = 0;
        try
        {
            for (; begun < messages.Length; begun++)
            {
                OutgoingMessage message = messages.Span[begun];
                requests[begun] = client.BeginRequest(message.Topic);
                if (!await TryBeginAsync(message, requests[begun], null, cancellationToken).ConfigureAwait(false)) requests[begun].TrySetResult(new NatsReply(NatsReply.NoResponders, []));
            }

            for (int i = 0; i < messages.Length; i++)
            {
                if (!await IsStoredAsync(messages.Span[i].Topic, requests[i], cancellationToken).ConfigureAwait(false))
                {
                    await RepeatAsync(messages.Span[i], null, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            foreach (NatsRequest request in requests)
            {
                if (request is not null) client.EndRequest(request);
            }
        }
    }

    private async ValueTask<bool> TryBeginAsync(OutgoingMessage message, NatsRequest request, string? deduplicationId, CancellationToken cancellationToken)
    {
        StreamGate gate = streams.GetGate(message.Topic);
        if (gate.IsOpen)
        {
            await client.PublishAsync(in message, request, deduplicationId, cancellationToken).ConfigureAwait(false);
            return true;
        }

        gate.Enter();
        bool isFirst = false;
        try
        {
            await gate.Line.WaitAsync(cancellationToken).ConfigureAwait(false);
            isFirst = true;
            if (!gate.IsKnown) await streams.GetAsync(message.Topic, cancellationToken).ConfigureAwait(false);
            gate.IsKnown = true;
            await client.PublishAsync(in message, request, deduplicationId, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (JetStreamAbsentException)
        {
            // After a start the server answers before JetStream does.
            return false;
        }
        finally
        {
            if (isFirst) gate.Line.Release();
            gate.Leave();
        }
    }

    /// <summary>Nobody took the message: the stream is gone, or JetStream not there yet.</summary>
    private async ValueTask RepeatAsync(OutgoingMessage message, string? deduplicationId, CancellationToken cancellationToken)
    {
        long deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        while (true)
        {
            streams.GetGate(message.Topic).IsKnown = false;
            NatsRequest request = client.BeginRequest(message.Topic);
            try
            {
                await streams.GetAsync(message.Topic, cancellationToken).ConfigureAwait(false);
                await client.PublishAsync(in message, request, deduplicationId, cancellationToken).ConfigureAwait(false);
                if (await IsStoredAsync(message.Topic, request, cancellationToken).ConfigureAwait(false)) return;
                if (Environment.TickCount64 >= deadline)
                {
                    throw new RpcException(
                        RpcStatusCode.FailedPrecondition,
                        $"No stream of the broker {client.Address} takes messages for '{message.Topic}'. With stream=NAME, its subjects must have the topic.")
                    {
                        Progress = RpcCallProgress.Refused,
                    };
                }
            }
            catch (JetStreamAbsentException) when (Environment.TickCount64 < deadline)
            {
            }
            finally
            {
                client.EndRequest(request);
            }

            await Task.Delay(s_pause, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <returns>False when nobody took it.</returns>
    private async ValueTask<bool> IsStoredAsync(string topic, NatsRequest request, CancellationToken cancellationToken)
    {
        NatsReply reply;
        try
        {
            reply = await request.Task.WaitAsync(timeout, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new RpcException(
                RpcStatusCode.Unavailable,
                $"JetStream of the broker {client.Address} did not confirm a message for '{topic}' within {timeout.TotalSeconds:0.###} s; it may have it.", e)
            {
                Progress = RpcCallProgress.Unknown,
            };
        }

        if (reply.Status == NatsReply.NoResponders) return false;
        PubAck ack = api.Read(reply.Payload, NatsJson.Default.PubAck, topic);
        if (ack.Error is { } error) throw api.Failed($"store a message for '{topic}'", error);
        return ack.Stream is not null
            ? true
            : throw new RpcException(RpcStatusCode.Internal, $"The broker {client.Address} confirmed a message for '{topic}' without saying where it is.")
            {
                Progress = RpcCallProgress.Unknown,
            };
    }
}
