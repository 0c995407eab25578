namespace SourceGen.Rpc.PubSub;

/// <summary>Creates the broker that an address stands for. One provider serves one scheme.</summary>
public interface IBrokerProvider
{
    /// <summary>The scheme it serves: <c>nats</c>, <c>amqp</c>.</summary>
    string Scheme { get; }

    /// <summary>Creates a broker. Nothing is connected to yet.</summary>
    /// <param name="address">The address, as <see cref="Discovery.RegistryAddress"/> reads it.</param>
    /// <exception cref="FormatException">
    /// The address, or a parameter of it, is wrong; the message says which, and what is expected.
    /// </exception>
    IBroker Create(RpcAddress address);
}
