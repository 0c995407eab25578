using System.Net.Sockets;

namespace SourceGen.Rpc.Transport;

/// <summary>Makes the errors of connecting and listening.</summary>
internal static class TransportErrors
{
    /// <summary>Nobody listens at the address, or it cannot be reached.</summary>
    /// <param name="address">The address.</param>
    /// <param name="why">Why, as the end of a sentence without its full stop.</param>
    /// <param name="refused">Whether the machine was reached and nothing listened.</param>
    /// <param name="inner">The cause.</param>
    public static RpcException CannotConnect(RpcAddress address, string why, bool refused, Exception? inner = null) =>
        new(RpcStatusCode.Unavailable, $"Cannot connect to {address}: {why}.{(refused ? " Is the server running there?" : "")}", inner)
        {
            Progress = RpcCallProgress.NotSent,
        };

    /// <summary>The address cannot be listened at.</summary>
    /// <param name="address">The address.</param>
    /// <param name="error">The socket's error.</param>
    /// <param name="advice">What to do when the address is in use, as a sentence.</param>
    public static RpcException CannotListen(RpcAddress address, SocketException error, string advice) => error.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => InUse(address, "the address is in use", advice, error),
        SocketError.AccessDenied => New(
            RpcStatusCode.PermissionDenied,
            address,
            "permission denied. Choose a place this process may use; ports below 1024 are often reserved",
            error),
        _ => New(RpcStatusCode.FailedPrecondition, address, SocketErrors.Describe(error.SocketErrorCode), error),
    };

    /// <summary>The address, or each of its ports, is in use.</summary>
    /// <param name="address">The address.</param>
    /// <param name="why">What is in use, as the end of a sentence without its full stop.</param>
    /// <param name="advice">What to do, as a sentence.</param>
    /// <param name="inner">The cause.</param>
    public static RpcException InUse(RpcAddress address, string why, string advice, Exception? inner = null) =>
        New(RpcStatusCode.AlreadyExists, address, $"{why}. {advice.TrimEnd('.')}", inner);

    private static RpcException New(RpcStatusCode code, RpcAddress address, string why, Exception? inner) =>
        new(code, $"Cannot listen at {address}: {why}.", inner) { Progress = RpcCallProgress.NotSent };
}
