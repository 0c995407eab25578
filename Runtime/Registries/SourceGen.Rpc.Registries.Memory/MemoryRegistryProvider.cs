using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Memory;

/// <summary>Creates the registries of addresses <c>memory://name</c>.</summary>
/// <param name="loggerFactory">Where they log; null for nowhere.</param>
public sealed class MemoryRegistryProvider(ILoggerFactory? loggerFactory = null) : IRegistryProvider
{
    internal const string SchemeName = "memory";

    /// <summary><c>memory</c>.</summary>
    public string Scheme => SchemeName;

    /// <summary>Creates the registry of the shared store that the address names.</summary>
    /// <param name="address">Such as <c>memory://shop</c>. It takes no parameters.</param>
    /// <exception cref="FormatException">It has a parameter, or a user.</exception>
    public IRegistry Create(RpcAddress address) => new MemoryRegistry(Read(address), loggerFactory);

    internal static MemoryRegistryOptions Read(RpcAddress address)
    {
        RegistryAddress parsed = RegistryAddress.Parse(address);
        if (parsed.Scheme != SchemeName) throw new FormatException($"The address {parsed} is not one of {SchemeName}://.");
        if (parsed.UserName is not null) throw new FormatException($"The address {parsed} names a user, and {SchemeName}:// knows none.");
        return new MemoryRegistryOptions { Name = parsed.ToString()[(SchemeName.Length + 3)..] };
    }
}
