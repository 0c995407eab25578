namespace SourceGen.Rpc.Registries.ZooKeeper.Client;

/// <summary>Tells a server of the watches that were set over another connection of the session.</summary>
internal static class WatchRequests
{
    /// <summary>How long one request gets: well below what servers take (1 MiB in their default configuration).</summary>
    private const int MaxLength = 128 * 1024;

    /// <summary>Writes <c>SetWatches</c> records: as few as are needed, none when there is no watch.</summary>
    /// <param name="lastZxid">What happened after this change is told at once.</param>
    /// <param name="watches">The watches.</param>
    public static IEnumerable<JuteWriter> Write(long lastZxid, WatchTable watches)
    {
        List<string>[] kinds = [[], [], []];
        int length = 0;
        foreach (WatchKind kind in Enum.GetValues<WatchKind>())
        {
            foreach (string path in watches.GetPaths(kind))
            {
                kinds[(int)kind].Add(path);
                length += 4 + path.Length * 3;
                if (length < MaxLength) continue;
                yield return Write(lastZxid, kinds);
                foreach (List<string> paths in kinds) paths.Clear();
                length = 0;
            }
        }

        if (length > 0) yield return Write(lastZxid, kinds);
    }

    /// <summary>
    /// Writes one that sets new watches on the data of nodes. Of those that are not there it is told at once that they are gone.
    /// </summary>
    public static JuteWriter Write(IReadOnlyCollection<string> paths) => Write(long.MaxValue, [[.. paths], [], []]);

    private static JuteWriter Write(long lastZxid, List<string>[] kinds) => new JuteWriter()
        .Long(lastZxid)
        .Texts(kinds[(int)WatchKind.Data])
        .Texts(kinds[(int)WatchKind.Existence])
        .Texts(kinds[(int)WatchKind.Children]);
}
