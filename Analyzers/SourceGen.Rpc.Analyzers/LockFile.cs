using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using SourceGen.Rpc.Contracts.Lock;

namespace SourceGen.Rpc.Analyzers;

/// <summary>A lock as an additional file of the project: read once for each text, whatever else of the project is edited.</summary>
/// <param name="Lock">The lock, or null.</param>
/// <param name="Error">Why there is none, or null.</param>
internal sealed record LockFile(ContractsLock? Lock, LockFormatException? Error)
{
    /// <summary>Remembers what was read for as long as the text lives.</summary>
    public static SourceTextValueProvider<LockFile> Provider { get; } = new(Read);

    /// <summary>Whether a file is a lock, by its name.</summary>
    public static bool IsLock(string path) => string.Equals(
        path.Substring(path.LastIndexOfAny(['/', '\\']) + 1), LockText.FileName, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a lock.</summary>
    public static LockFile Read(SourceText text)
    {
        try
        {
            return new LockFile(LockReader.Read(text.ToString()), Error: null);
        }
        catch (LockFormatException e)
        {
            return new LockFile(Lock: null, e);
        }
    }

    /// <summary>A place in the lock, for a diagnostic.</summary>
    public static Location Locate(string path, SourceText text, int start, int length)
    {
        TextSpan span = TextSpan.FromBounds(Math.Min(start, text.Length), Math.Min(start + length, text.Length));
        return Location.Create(path, span, text.Lines.GetLinePositionSpan(span));
    }

    /// <summary>The first line of the lock that is not as it would be written; null when all are. Line ends do not count.</summary>
    public static TextSpan? FirstDifferentLine(SourceText text, string current)
    {
        string[] lines = current.TrimEnd('\n').Split('\n');
        int count = text.Lines.Count;
        while (count > 0 && text.Lines[count - 1].Span.IsEmpty) count--;
        for (int i = 0; i < Math.Max(lines.Length, count); i++)
        {
            if (i < count && i < lines.Length && text.Lines[i].ToString() == lines[i]) continue;
            return count == 0 ? default(TextSpan) : text.Lines[Math.Min(i, count - 1)].Span;
        }

        return null;
    }
}
