namespace SourceGen.Rpc.Discovery;

/// <summary>
/// Where servers enter their services and clients find them: etcd, Consul, ZooKeeper, DNS, a directory of files. A registry knows its
/// protocol and its layout of records, and no policy: keeping records alive is <see cref="RegisterOptions.TimeToLive"/> and the server's
/// renewing, caching and holding on to what was known is the directory's. docs/registries.md says how to write one.
/// </summary>
public interface IRegistry : IServiceRegistrar, IServiceResolver, IAsyncDisposable
{
    /// <summary>What and where it is, for messages: <c>etcd://127.0.0.1:2379</c>. Without credentials.</summary>
    string Address { get; }

    /// <summary>Whether servers enter themselves; false where records are kept by other means, as in DNS or in a list.</summary>
    bool CanRegister { get; }
}
