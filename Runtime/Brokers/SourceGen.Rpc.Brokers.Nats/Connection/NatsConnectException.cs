namespace SourceGen.Rpc.Brokers.Nats.Connection;

/// <summary>A server could not be connected to.</summary>
/// <param name="message">Why.</param>
/// <param name="isRefused">Whether it does not let the program in.</param>
/// <param name="cause">The cause.</param>
internal sealed class NatsConnectException(string message, bool isRefused = false, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>Whether it does not let the program in.</summary>
    public bool IsRefused { get; } = isRefused;
}
