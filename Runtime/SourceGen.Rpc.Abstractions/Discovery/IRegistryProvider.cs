namespace SourceGen.Rpc.Discovery;

/// <summary>Creates the registry that an address stands for. One provider serves one scheme.</summary>
public interface IRegistryProvider
{
    /// <summary>The scheme it serves: <c>etcd</c>, <c>file</c>.</summary>
    string Scheme { get; }

    /// <summary>Creates a registry. Nothing is connected to before it is used.</summary>
    /// <param name="address">The address, as <see cref="RegistryAddress"/> reads it.</param>
    /// <exception cref="FormatException">
    /// The address, or a parameter of it, is wrong; the message says which, and what is expected.
    /// </exception>
    IRegistry Create(RpcAddress address);
}
