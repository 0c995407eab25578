namespace SourceGen.Rpc.Registries.File;

/// <summary>The directory of those who name none: one for each user.</summary>
internal static class DefaultDirectory
{
    private const string Name = "sourcegen-rpc";

    /// <summary>Where it is.</summary>
    public static string Path { get; } = System.IO.Path.Combine(FindParent(), "registry");

    /// <summary>Fails when another user may have made it, or may write into it: its place is known to everybody.</summary>
    /// <exception cref="IOException">It is not private.</exception>
    public static void Check(string root)
    {
        if (OperatingSystem.IsWindows() || root != Path) return;
        foreach (string path in (string[])[System.IO.Path.GetDirectoryName(root)!, root])
        {
            DirectoryInfo directory = new(path);
            UnixFileMode mode = directory.UnixFileMode;
            // Without these rights for others, whoever can use it owns it; root could use anybody's, and has its own parent directory.
            if (directory.LinkTarget is null && (mode & FilePermissions.OfOthers) == UnixFileMode.None) continue;
            throw new IOException(
                $"The directory {path} is not this user's alone (mode {Convert.ToString((int)mode, 8)}). "
                + "Remove it, or name another directory: file:///path.");
        }
    }

    private static string FindParent()
    {
        if (OperatingSystem.IsWindows())
        {
            return System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), Name);
        }

        string? runtime = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
        if (!string.IsNullOrEmpty(runtime) && System.IO.Path.IsPathRooted(runtime)) return System.IO.Path.Combine(runtime, Name);
        if (Environment.IsPrivilegedProcess) return System.IO.Path.Combine(Directory.Exists("/run") ? "/run" : "/var/run", Name);
        return System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"{Name}-{Environment.UserName}");
    }
}
