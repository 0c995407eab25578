using System.Security.Cryptography;
using System.Text;

namespace SourceGen.Rpc.InProcess;

/// <summary>What tells this machine, since it was started, from every other.</summary>
internal static class HostIdentity
{
    private static readonly string[] s_machineFiles = ["/etc/machine-id", "/var/lib/dbus/machine-id"];
    private const string BootFile = "/proc/sys/kernel/random/boot_id";

    /// <summary>
    /// A hash, because the machine's own number is not everybody's to know (machine-id(5)): of that number and of the kernel's for its start,
    /// or, where there are none, of the machine's name.
    /// </summary>
    public static string Current { get; } = Create(
        s_machineFiles.Select(Read).FirstOrDefault(static id => id is not null), Read(BootFile), Environment.MachineName);

    /// <summary>Makes the identity of what is known.</summary>
    public static string Create(string? machine, string? boot, string name)
    {
        string known = machine is null && boot is null ? $"name {name}" : $"machine {machine} boot {boot}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"SourceGen.Rpc host: {known}")).AsSpan(0, 8));
    }

    private static string? Read(string path)
    {
        try
        {
            string text = File.ReadAllText(path).Trim();
            return text.Length > 0 ? text : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // There is none here, or not for everybody.
        }
    }
}
