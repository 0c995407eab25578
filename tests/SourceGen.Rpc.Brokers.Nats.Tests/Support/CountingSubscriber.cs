using SourceGen.Rpc.Brokers.Nats.Connection;
using SourceGen.Rpc.Brokers.Nats.Protocol;

namespace SourceGen.Rpc.Brokers.Nats.Tests.Support;

/// <summary>Counts messages, also those that others ask JetStream by.</summary>
internal sealed class CountingSubscriber : NatsSubscriber
{
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public override void OnMessage(in NatsFrame frame) => Interlocked.Increment(ref _count);
}
