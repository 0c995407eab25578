using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.File;

/// <summary>Creates the registries of addresses <c>file:///path</c>.</summary>
/// <param name="loggerFactory">Where they log; null for nowhere.</param>
public sealed class FileRegistryProvider(ILoggerFactory? loggerFactory = null) : IRegistryProvider
{
    internal const string SchemeName = "file";

    /// <summary><c>file</c>.</summary>
    public string Scheme => SchemeName;

    /// <summary>Creates the registry of a directory.</summary>
    /// <param name="address">
    /// Such as <c>file:///run/shop/registry</c>, or <c>file://</c> for the default directory. The parameter <c>rescan</c> is
    /// <see cref="FileRegistryOptions.RescanInterval"/> in seconds; <c>processes=false</c> is
    /// <see cref="FileRegistryOptions.LeavesOutDeadProcesses"/>.
    /// </param>
    /// <exception cref="FormatException">It names a host or a user, or a parameter is wrong.</exception>
    public IRegistry Create(RpcAddress address) => new FileRegistry(Read(address), loggerFactory);

    internal static FileRegistryOptions Read(RpcAddress address)
    {
        RegistryAddress parsed = RegistryAddress.Parse(address, "rescan", "processes");
        if (parsed.Scheme != SchemeName) throw new FormatException($"The address {parsed} is not one of {SchemeName}://.");
        if (parsed.UserName is not null) throw new FormatException($"The address {parsed} names a user, and {SchemeName}:// knows none.");
        if (!parsed.Endpoints.IsEmpty)
        {
            throw new FormatException(
                $"The address {parsed} names the host '{parsed.Endpoints[0]}'; a directory has three slashes: file:///path.");
        }

        if (parsed.Path.Contains('\0')) throw new FormatException($"The address {SchemeName}:// has a path with a zero character.");
        FileRegistryOptions options = new() { LeavesOutDeadProcesses = parsed.GetBoolean("processes", fallback: true) };
        options.RescanInterval = parsed.GetSeconds("rescan", options.RescanInterval);
        if (options.RescanInterval < TimeSpan.FromMilliseconds(10) || options.RescanInterval > TimeSpan.FromHours(1))
        {
            throw new FormatException(
                $"The address {parsed} has rescan={parsed.Parameters["rescan"]}; it must be from 0.01 to 3600 seconds.");
        }

        // file:///C:/path
        bool hasDrive = parsed.Path is ['/', _, ':', ..] && char.IsAsciiLetter(parsed.Path[1]);
        options.Directory = OperatingSystem.IsWindows() && hasDrive ? parsed.Path[1..] : parsed.Path;
        return options;
    }
}
