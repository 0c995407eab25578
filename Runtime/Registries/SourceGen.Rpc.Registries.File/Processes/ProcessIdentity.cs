using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace SourceGen.Rpc.Registries.File;

/// <summary>
/// A process that cannot be mistaken for a later one with its id: the id, the time it started, and within what both have their meaning.
/// </summary>
/// <param name="Id">The process id.</param>
/// <param name="Start">When it started, as the system counts.</param>
/// <param name="Domain">
/// On Linux the boot and the namespaces of process ids and time, so that containers that share a directory do not take each other for dead;
/// elsewhere the machine's name.
/// </param>
internal sealed record ProcessIdentity(int Id, string Start, string Domain)
{
    /// <summary>This process; null where the system does not say enough.</summary>
    public static ProcessIdentity? Current { get; } = CreateCurrent();

    /// <summary>Whether it is certain that it has ended. False also whenever that cannot be known.</summary>
    public bool IsDead()
    {
        if (Current is null || Domain != Current.Domain) return false;
        try
        {
            if (OperatingSystem.IsLinux() && ProcessStatus.Read(Id) is { } status) return status.HasEnded || status.Start != Start;
            // On Linux /proc may hide the processes of others; this asks by a signal, which does not.
            using Process process = Process.GetProcessById(Id);
            return !OperatingSystem.IsLinux() && (process.HasExited || StartOf(process) != Start);
        }
        catch (ArgumentException)
        {
            // No process has the id.
            return true;
        }
        catch (Exception e) when (IsRefusal(e))
        {
            return false;
        }
    }

    private static ProcessIdentity? CreateCurrent()
    {
        try
        {
            int id = Environment.ProcessId;
            if (!OperatingSystem.IsLinux())
            {
                using Process process = Process.GetCurrentProcess();
                return new ProcessIdentity(id, StartOf(process), Environment.MachineName);
            }

            string boot = System.IO.File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
            string? ids = new FileInfo("/proc/self/ns/pid").LinkTarget;
            string? time = new FileInfo("/proc/self/ns/time").LinkTarget;
            return ids is not null && ProcessStatus.Read(id) is { } status
                ? new ProcessIdentity(id, status.Start, $"{boot} {ids} {time}".TrimEnd())
                : null;
        }
        catch (Exception e) when (IsRefusal(e))
        {
            return null;
        }
    }

    /// <summary>Whether the system does not say.</summary>
    private static bool IsRefusal(Exception e) => e is IOException or UnauthorizedAccessException or InvalidOperationException or Win32Exception;

    private static string StartOf(Process process) => process.StartTime.ToFileTimeUtc().ToString(CultureInfo.InvariantCulture);
}
