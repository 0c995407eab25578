namespace SourceGen.Rpc.Brokers.Nats.Protocol;

/// <summary>A server sent what no NATS server sends. The connection is of no use any more.</summary>
/// <param name="message">What it sent, and at which byte.</param>
internal sealed class NatsProtocolException(string message) : Exception(message);
