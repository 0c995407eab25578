namespace SourceGen.Rpc.Brokers.Nats.JetStream;

/// <summary>Nobody answers for JetStream: the server has none, or has not begun with it yet.</summary>
/// <param name="detail">The message.</param>
internal sealed class JetStreamAbsentException(string detail) : RpcException(RpcStatusCode.Unavailable, detail);
