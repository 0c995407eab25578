namespace SourceGen.Rpc.PubSub;

/// <summary>The errors that all brokers have in common, so that they read alike.</summary>
public static class BrokerErrors
{
    /// <summary>It was used before it was connected.</summary>
    /// <param name="address">The broker's address.</param>
    public static RpcException NotConnected(string address) => new(
        RpcStatusCode.FailedPrecondition, $"The broker {address} is not connected: call ConnectAsync first, or start the host that does.")
    {
        Progress = RpcCallProgress.NotSent,
    };

    /// <summary>Its connection was lost, and did not come back in time.</summary>
    /// <param name="address">The broker's address.</param>
    /// <param name="problem">What went wrong.</param>
    /// <param name="progress">Whether the message may have been published.</param>
    /// <param name="cause">The cause.</param>
    public static RpcException Lost(string address, string problem, RpcCallProgress progress, Exception? cause = null) =>
        new(RpcStatusCode.Unavailable, $"The connection to the broker {address} was lost: {problem}", cause) { Progress = progress };

    /// <summary>Nothing that can be used answers at its address.</summary>
    /// <param name="address">The broker's address.</param>
    /// <param name="problem">What went wrong.</param>
    /// <param name="cause">The cause.</param>
    public static RpcException Unreachable(string address, string problem, Exception? cause = null) =>
        new(RpcStatusCode.Unavailable, $"The broker {address} cannot be reached: {problem}", cause) { Progress = RpcCallProgress.NotSent };

    /// <summary>A message is larger than it takes.</summary>
    /// <param name="address">The broker's address.</param>
    /// <param name="topic">The message's topic.</param>
    /// <param name="size">Its size in bytes, headers included.</param>
    /// <param name="limit">The most that it takes.</param>
    public static RpcException TooLarge(string address, string topic, long size, long limit) => new(
        RpcStatusCode.InvalidArgument, $"A message for '{topic}' has {size:N0} bytes, and the broker {address} takes {limit:N0} at most.")
    {
        Progress = RpcCallProgress.NotSent,
    };

    /// <summary>A buffer is full.</summary>
    /// <param name="address">The broker's address.</param>
    /// <param name="detail">Which one, and what to do.</param>
    public static RpcException Full(string address, string detail) =>
        new(RpcStatusCode.ResourceExhausted, $"The broker {address} takes no more messages: {detail}") { Progress = RpcCallProgress.NotSent };
}
