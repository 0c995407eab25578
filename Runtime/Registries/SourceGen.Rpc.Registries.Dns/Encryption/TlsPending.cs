using SourceGen.Rpc.Registries.Dns.Resolving;
using SourceGen.Rpc.Registries.DnsMessages;

namespace SourceGen.Rpc.Registries.Dns.Encryption;

/// <summary>A question that waits for its answer on a connection.</summary>
/// <param name="query">What was asked.</param>
/// <param name="receivedBefore">How many messages the connection had received before.</param>
internal sealed class TlsPending(DnsQuery query, long receivedBefore)
{
    private readonly TaskCompletionSource<DnsMessage> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public DnsQuery Query => query;

    public long ReceivedBefore => receivedBefore;

    public Task<DnsMessage> Answer => _answer.Task;

    public void Complete(ReadOnlySpan<byte> message)
    {
        try
        {
            _answer.TrySetResult(DnsReply.Read(message, query).GetMessage("TLS"));
        }
        catch (Exception e) when (e is DnsExchangeException or DnsRefusedException)
        {
            Fail(e);
        }
    }

    public void Fail(Exception error)
    {
        // Who gave up does not look at it.
        if (_answer.TrySetException(error)) _ = _answer.Task.Exception;
    }
}
