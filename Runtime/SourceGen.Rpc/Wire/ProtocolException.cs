namespace SourceGen.Rpc.Wire;

/// <summary>The peer broke the wire protocol, or floods the connection, which cannot go on.</summary>
/// <param name="message">What it did, with the numbers that matter.</param>
/// <param name="code">What the peer is told.</param>
internal sealed class ProtocolException(string message, RpcStatusCode code = RpcStatusCode.Internal) : Exception(message)
{
    /// <summary>What the peer is told.</summary>
    public RpcStatusCode Code => code;
}
