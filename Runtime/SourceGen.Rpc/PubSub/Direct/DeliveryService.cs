using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.PubSub.Direct;

/// <summary>What a process that subscribes serves to those that publish.</summary>
/// <param name="node">Its id in the registry.</param>
/// <param name="logger">Where it logs.</param>
internal sealed class DeliveryService(string node, ILogger logger) : IDelivery
{
    private readonly ConcurrentDictionary<uint, DirectSubscription> _subscriptions = new();
    private readonly ConcurrentDictionary<DeliverySession, byte> _sessions = new();
    private volatile bool _isEnded;

    /// <summary>Messages for a subscription are taken from now on.</summary>
    public void Add(DirectSubscription subscription) => _subscriptions[subscription.Entry.Id] = subscription;

    /// <summary>Messages for a subscription are given back from now on.</summary>
    public void Remove(DirectSubscription subscription)
    {
        _subscriptions.TryRemove(subscription.Entry.Id, out _);
        foreach (DeliverySession session in _sessions.Keys) session.Forget(subscription.Entry.Id);
    }

    /// <summary>Finds a subscription; null when there is none (any more).</summary>
    public DirectSubscription? Find(uint id) => _subscriptions.GetValueOrDefault(id);

    /// <summary>Ends all calls when what is to be said was said.</summary>
    public void End()
    {
        _isEnded = true;
        foreach (DeliverySession session in _sessions.Keys) session.End();
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> DeliverAsync(
        IAsyncEnumerable<ReadOnlyMemory<byte>> batches, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        DeliverySession session = new(this);
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _sessions.TryAdd(session, 0);
        if (_isEnded) session.End();
        yield return Greet();
        Task reading = session.ReadAsync(batches, over.Token);
        try
        {
            while (true)
            {
                bool isEnded = session.IsEnded; // Before the last look: what is said until then is sent.
                ReadOnlyMemory<byte> settlements = session.Take();
                if (!settlements.IsEmpty) yield return settlements;
                else if (isEnded) break;
                else await session.WaitAsync().ConfigureAwait(false);
            }

            if (!_isEnded) await reading.ConfigureAwait(false);
        }
        finally
        {
            _sessions.TryRemove(session, out _);
            await over.CancelAsync().ConfigureAwait(false);
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (reading.Exception?.InnerException is RpcException { Code: RpcStatusCode.InvalidArgument or RpcStatusCode.ResourceExhausted } e)
                DirectLog.SentAway(logger, e.Message);
        }
    }

    private ReadOnlyMemory<byte> Greet()
    {
        byte[] greeting = new byte[1 + 5 + Encoding.UTF8.GetByteCount(node)];
        greeting[0] = DeliveryFormat.Version;
        int at = 1 + DeliveryFormat.WriteNumber(greeting.AsSpan(1), (uint)Encoding.UTF8.GetByteCount(node));
        at += Encoding.UTF8.GetBytes(node, greeting.AsSpan(at));
        return greeting.AsMemory(0, at);
    }
}
