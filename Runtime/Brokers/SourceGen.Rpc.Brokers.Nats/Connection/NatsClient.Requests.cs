using System.Globalization;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.Nats.Connection;

/// <summary>Questions and their answers.</summary>
internal sealed partial class NatsClient
{
    /// <summary>Registers a request, whose answer comes to it.</summary>
    /// <param name="subject">Where it is sent.</param>
    public NatsRequest BeginRequest(string subject)
    {
        lock (_gate)
        {
            long number = ++_nextRequest;
            NatsRequest request = new(number, subject, string.Create(CultureInfo.InvariantCulture, $"{_inboxSubject}.{number}"));
            _requests.Add(number, request);
            return request;
        }
    }

    /// <summary>Waits for an answer no longer.</summary>
    public void EndRequest(NatsRequest request)
    {
        lock (_gate) _requests.Remove(request.Number);
    }

    /// <summary>Asks, and waits for the answer.</summary>
    /// <param name="subject">Where.</param>
    /// <param name="payload">What.</param>
    /// <param name="timeout">How long.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException"><see cref="RpcStatusCode.Unavailable"/>: there was no answer.</exception>
    public async Task<NatsReply> RequestAsync(string subject, ReadOnlyMemory<byte> payload, TimeSpan timeout, CancellationToken cancellationToken)
    {
        NatsRequest request = BeginRequest(subject);
        try
        {
            await PublishAsync(new OutgoingMessage(subject, payload), request, null, cancellationToken).ConfigureAwait(false);
            return await request.Task.WaitAsync(timeout, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw BrokerErrors.Lost(Address, $"there was no answer to {subject} within {timeout.TotalSeconds:0.###} s.", RpcCallProgress.Unknown);
        }
        finally
        {
            EndRequest(request);
        }
    }

    /// <summary>An answer came.</summary>
    public void Answer(long number, NatsReply reply)
    {
        NatsRequest? request;
        lock (_gate) _requests.Remove(number, out request);
        request?.TrySetResult(reply);
    }
}
