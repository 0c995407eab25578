using System.Text;

namespace Quickstart;

/// <summary>A text file that was read.</summary>
/// <param name="Name">Its path as the table shows it.</param>
/// <param name="Text">What it holds.</param>
/// <param name="Bytes">Its size.</param>
public sealed record TextFile(string Name, string Text, long Bytes)
{
    private const int SniffedBytes = 8192;
    private static readonly string[] s_skippedDirectories = ["bin", "obj", "node_modules"];
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: false);

    /// <summary>
    /// Reads the files at the paths given, and in the directories given; the documents of this repository when there are none.
    /// </summary>
    /// <exception cref="FileNotFoundException">A path does not exist.</exception>
    public static List<TextFile> ReadAll(IReadOnlyList<string> paths)
    {
        (string baseDirectory, IEnumerable<string> files) = paths.Count > 0
            ? (Environment.CurrentDirectory, paths.SelectMany(Expand))
            : OwnDocuments();
        return [.. files.Distinct().Order(StringComparer.Ordinal).Select(file => Read(file, baseDirectory)).OfType<TextFile>()];
    }

    private static (string Base, IEnumerable<string> Files) OwnDocuments()
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (!File.Exists(Path.Combine(directory.FullName, "SourceGen.sln"))) continue;
            string root = directory.FullName;
            return (root, Directory.EnumerateFiles(root, "*.md").Concat(Expand(Path.Combine(root, "docs")).Where(file => file.EndsWith(".md", StringComparison.Ordinal))));
        }

        throw new FileNotFoundException("This program is not in its repository any more, so it has no documents of its own: give it files or directories to read.");
    }

    private static IEnumerable<string> Expand(string path)
    {
        string full = Path.GetFullPath(path);
        if (File.Exists(full)) return [full];
        if (!Directory.Exists(full)) throw new FileNotFoundException($"'{path}' is neither a file nor a directory.");
        return Directory.EnumerateFiles(full).Concat(
            Directory.EnumerateDirectories(full).Where(directory => !IsSkipped(Path.GetFileName(directory))).SelectMany(Expand));
    }

    private static bool IsSkipped(string directory) => directory.StartsWith('.') || s_skippedDirectories.Contains(directory);

    /// <returns>Null when the file is not text: it has a zero byte near its beginning.</returns>
    private static TextFile? Read(string file, string baseDirectory)
    {
        byte[] bytes = File.ReadAllBytes(file);
        if (bytes.AsSpan(0, Math.Min(bytes.Length, SniffedBytes)).Contains((byte)0)) return null;
        string relative = Path.GetRelativePath(baseDirectory, file);
        return new TextFile(relative.StartsWith("..", StringComparison.Ordinal) ? file : relative, s_utf8.GetString(bytes), bytes.Length);
    }
}
