namespace SourceGen.Rpc.Registries.File;

/// <summary>What Linux says of a process in <c>/proc/{id}/stat</c> (proc_pid_stat(5)).</summary>
/// <param name="HasEnded">Whether it is a zombie or dead (field 3).</param>
/// <param name="Start">When it started after the boot, in clock ticks (field 22).</param>
internal readonly record struct ProcessStatus(bool HasEnded, string Start)
{
    /// <summary>Reads it.</summary>
    /// <returns>Null when there is none, or it is not as documented.</returns>
    public static ProcessStatus? Read(int id)
    {
        string text;
        try
        {
            text = System.IO.File.ReadAllText($"/proc/{id}/stat");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        // The second field is the program's name in parentheses, and may itself hold spaces and parentheses.
        int end = text.LastIndexOf(')');
        string[] fields = end < 0 ? [] : text[(end + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 19 ? new ProcessStatus(fields[0] is "Z" or "X" or "x", fields[19]) : null;
    }
}
