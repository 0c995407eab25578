namespace SourceGen.Rpc.Streams;

/// <summary>An item cannot be encoded; the inner exception says why. It never leaves the engine.</summary>
internal sealed class ItemEncodingException(Exception reason) : Exception(reason.Message, reason)
{
    /// <summary>What the call fails with.</summary>
    public RpcException ToRpcException(string methodName) => InnerException is RpcException rpc
        ? rpc
        : new RpcException(
            RpcStatusCode.InvalidArgument, $"An item of the stream of {methodName} cannot be encoded: {Message}", InnerException);
}
