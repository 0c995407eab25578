using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Brokers.Nats.Connection;

/// <summary>A server that can be connected to.</summary>
/// <param name="Address">Where it listens.</param>
/// <param name="TlsName">The name that its certificate must have.</param>
/// <param name="NeedsTls">Whether it is refused without TLS, whatever the options say.</param>
internal sealed record NatsEndpoint(RegistryEndpoint Address, string TlsName, bool NeedsTls)
{
    /// <summary>A server of the options.</summary>
    public static NatsEndpoint Create(RegistryEndpoint address) => new(address, address.Host, NeedsTls: false);

    /// <summary><c>host:port</c>.</summary>
    public override string ToString() => Address.ToString();
}
