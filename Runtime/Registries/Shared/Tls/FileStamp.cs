using Microsoft.Win32.SafeHandles;

namespace SourceGen.Rpc.Registries.Shared;

/// <summary>What tells that a file was written again, without reading it.</summary>
/// <param name="Written">When it was last written.</param>
/// <param name="Length">How many bytes it has.</param>
internal readonly record struct FileStamp(DateTime Written, long Length)
{
    /// <summary>Looks at a file; what is not there, or may not be read, has an empty stamp.</summary>
    public static FileStamp Read(string path)
    {
        try
        {
            // Opened, because that goes through links: a mounted secret changes by its link being pointed elsewhere.
            using SafeFileHandle file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
            return new FileStamp(File.GetLastWriteTimeUtc(file), RandomAccess.GetLength(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }
}
