using System.Security.Cryptography;
using System.Text;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.File;

/// <summary>
/// Names of folders and files for names that may hold anything: what is readable of them, and a hash that tells them apart also where a
/// file system does not tell cases apart or limits lengths.
/// </summary>
internal static class FileNames
{
    public const string Extension = ".json";

    /// <summary>Begins what is being written, and is no record yet.</summary>
    public const char TemporaryPrefix = '.';

    public const string TemporaryExtension = ".tmp";

    private const int MaxReadable = 60;

    /// <summary>The folder of a service's nodes.</summary>
    public static string ForService(string service) => $"{Readable(service)}-{Hash(service)}";

    /// <summary>The file of a node in its service's folder.</summary>
    public static string ForNode(ServiceRecord record, string id) =>
        $"{Readable(id)}-{Hash(string.Join('\0', record.Group, record.Version, id))}{Extension}";

    public static string NewTemporary() => $"{TemporaryPrefix}{Guid.NewGuid():N}{TemporaryExtension}";

    public static bool IsRecord(ReadOnlySpan<char> name) => !IsTemporary(name) && name.EndsWith(Extension, StringComparison.Ordinal);

    public static bool IsTemporary(ReadOnlySpan<char> name) => name.StartsWith(TemporaryPrefix);

    private static string Readable(string name)
    {
        StringBuilder text = new();
        foreach (char c in name)
        {
            if (text.Length == MaxReadable) break;
            bool isSafe = char.IsAsciiLetterOrDigit(c) || c == '-' || (c == '.' && text.Length > 0);
            text.Append(isSafe ? c : '_');
        }

        return text.ToString();
    }

    private static string Hash(string name) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 10));
}
