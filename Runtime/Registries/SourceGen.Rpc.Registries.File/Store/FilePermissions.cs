namespace SourceGen.Rpc.Registries.File;

/// <summary>
/// Directories are made for their user alone. One that somebody made for several users keeps its permissions, and what is made in it is for
/// the same users.
/// </summary>
internal static class FilePermissions
{
    public const UnixFileMode OfOthers = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode PrivateDirectory = PrivateFile | UnixFileMode.UserExecute;
    private const UnixFileMode ReadAndWrite = PrivateFile
        | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Makes a directory that is this user's alone, unless it is there.</summary>
    public static void CreatePrivate(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, PrivateDirectory);
    }

    /// <summary>Makes a folder for those who may use its parent, unless it is there.</summary>
    public static void CreateLike(string parent, string path)
    {
        if (Directory.Exists(path)) return;
        CreatePrivate(path);
        if (OperatingSystem.IsWindows()) return;
        UnixFileMode mode = System.IO.File.GetUnixFileMode(parent);
        if ((mode & OfOthers) != UnixFileMode.None) System.IO.File.SetUnixFileMode(path, mode);
    }

    /// <summary>Creates a file, to be written, for those who may use the directory.</summary>
    public static FileStream CreateFile(string directory, string path)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (OperatingSystem.IsWindows()) return new FileStream(path, options);
        options.UnixCreateMode = PrivateFile;
        UnixFileMode mode = System.IO.File.GetUnixFileMode(directory) & ReadAndWrite;
        FileStream stream = new(path, options);
        // Afterwards, because the mode of creation is cut by the process's mask.
        if ((mode & OfOthers) != UnixFileMode.None) System.IO.File.SetUnixFileMode(stream.SafeFileHandle, mode | PrivateFile);
        return stream;
    }
}
