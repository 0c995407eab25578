using SourceGen.Rpc.Brokers.Nats.Connection;
using SourceGen.Rpc.Brokers.Nats.Protocol;

namespace SourceGen.Rpc.Brokers.Nats.JetStream;

/// <summary>Where a consumer's messages come. Each connection has one of its own, so that nothing comes that an earlier one asked for.</summary>
/// <param name="owner">Whose messages they are.</param>
internal sealed class JetStreamInbox(JetStreamSubscription owner) : NatsSubscriber
{
    /// <summary>Creates its subject.</summary>
    public static string CreateSubject() => NatsInbox.CreateSubject() + ".*";

    /// <inheritdoc/>
    public override void OnMessage(in NatsFrame frame) => owner.OnMessage(in frame);

    /// <inheritdoc/>
    public override void OnLost() => owner.OnLost();

    /// <inheritdoc/>
    public override void OnResubscribing() => Subject = CreateSubject();

    /// <inheritdoc/>
    public override void OnMoved() => owner.OnRestored();

    /// <inheritdoc/>
    public override void OnRestored() => owner.OnRestored();
}
