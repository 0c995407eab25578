namespace SourceGen.Rpc.Wire;

/// <summary>The peer broke the wire protocol; its connection cannot go on.</summary>
/// <param name="message">What it did, with the numbers that matter.</param>
internal sealed class ProtocolException(string message) : Exception(message);
