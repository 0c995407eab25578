using System.Net.Sockets;
using System.Text;

namespace SourceGen.Rpc.Transport;

/// <summary>What the address <c>unix://path</c> or <c>unix://@name</c> says.</summary>
internal static class UnixAddress
{
    /// <summary>The size of sun_path, 108 bytes on Linux, without the zero that ends it.</summary>
    private const int MaxBytes = 107;

    /// <summary>ENXIO, which Linux gives for opening a socket.</summary>
    private const int NoSuchDevice = 6;

    /// <summary>EOPNOTSUPP, which macOS gives for it.</summary>
    private const int NotSupportedOnSocket = 102;

    /// <summary>Whether the address is a name in Linux's abstract namespace, which has no file.</summary>
    public static bool IsAbstract(RpcAddress address) => address.Rest.StartsWith('@');

    /// <summary>Makes an address to listen at concrete: a path where none was given, and an absolute one of a relative one.</summary>
    public static RpcAddress MakeConcrete(RpcAddress address)
    {
        if (address.Rest.Length == 0)
        {
            return RpcAddress.Create("unix", Path.Combine(Path.GetTempPath(), $"rpc-{Guid.NewGuid():N}.sock"));
        }

        if (IsAbstract(address)) return address;
        // A relative path may exist to stay within the limit: it is kept when the absolute one would not.
        string full = Path.GetFullPath(address.Rest);
        return Encoding.UTF8.GetByteCount(full) <= MaxBytes ? RpcAddress.Create("unix", full) : address;
    }

    /// <summary>Reads an address.</summary>
    /// <exception cref="FormatException">It names no path, or one that the system cannot take.</exception>
    public static UnixDomainSocketEndPoint ToEndPoint(RpcAddress address)
    {
        string path = address.Rest;
        if (path.Length == 0) throw Bad(address, "the path is missing");
        if (path.Contains('\0')) throw Bad(address, "a path holds no zero character");
        int bytes = Encoding.UTF8.GetByteCount(path);
        if (bytes > MaxBytes)
        {
            throw Bad(address, $"the path has {bytes} bytes, and the system takes at most {MaxBytes}; choose a shorter one");
        }

        if (!IsAbstract(address)) return new UnixDomainSocketEndPoint(path);
        if (path.Length == 1) throw Bad(address, "the name after '@' is missing");
        return OperatingSystem.IsLinux()
            ? new UnixDomainSocketEndPoint('\0' + path[1..])
            : throw Bad(address, "names in the abstract namespace ('@') exist on Linux only");
    }

    /// <summary>Whether an existing path is a socket.</summary>
    public static bool IsSocketFile(string path)
    {
        try
        {
            // .NET has no call that tells a socket from a file, but a socket is the kind that open(2) refuses. Opening for reading
            // and writing does not block on a named pipe.
            using Microsoft.Win32.SafeHandles.SafeFileHandle handle =
                File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            // A directory, or a file that is not ours to replace.
            return false;
        }
        catch (FileNotFoundException)
        {
            // Its server removed it just now.
            return true;
        }
        catch (IOException e)
        {
            // On Unix the result code of an IOException is the errno.
            return e.HResult is NoSuchDevice or NotSupportedOnSocket;
        }
    }

    private static FormatException Bad(RpcAddress address, string what) => new(
        $"'{address}' is not a Unix domain address: {what}. "
        + "Write unix:///run/greeter.sock, unix://relative.sock, or on Linux unix://@name.");
}
