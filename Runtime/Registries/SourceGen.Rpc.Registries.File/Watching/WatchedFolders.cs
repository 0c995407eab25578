using System.Collections.Concurrent;
using System.Collections.Immutable;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.File;

/// <summary>What a watch has told, and so what is new when the folders are read again. Not thread safe.</summary>
/// <param name="store">The files.</param>
/// <param name="service">The service; null for all.</param>
internal sealed class WatchedFolders(FileStore store, string? service)
{
    private readonly Dictionary<string, Folder> _folders = new(StringComparer.Ordinal);

    /// <summary>When the next lease ends.</summary>
    public DateTime NextEnd => _folders.Values.Select(static folder => folder.NextEnd).DefaultIfEmpty(DateTime.MaxValue).Min();

    /// <summary>Reads everything for the first time.</summary>
    public RegistryEvent Load()
    {
        store.CreateRoot();
        foreach ((string path, Folder _, Folder now) in ReadAll(changed: null)) _folders[path] = now;
        return RegistryEvent.Snapshot(_folders.Values.SelectMany(static folder => folder.Live.Values));
    }

    /// <summary>Reads again.</summary>
    /// <param name="changed">The names of the folders to read; null for all.</param>
    /// <returns>What has changed.</returns>
    /// <exception cref="IOException">The directory is not there any more: whether its nodes are gone with it, nobody can say.</exception>
    public ImmutableArray<RegistryEvent> Refresh(IReadOnlyCollection<string>? changed)
    {
        if (!store.HasRoot()) throw new IOException($"The directory {store.Root} was removed.");
        List<ServiceRecord> created = [];
        List<ServiceRecord> updated = [];
        List<ServiceRecord> deleted = [];
        foreach ((string path, Folder before, Folder now) in ReadAll(changed))
        {
            if (now.Files.Count == 0) _folders.Remove(path);
            else _folders[path] = now;
            foreach ((string file, ServiceRecord record) in now.Live)
            {
                if (!before.Live.TryGetValue(file, out ServiceRecord? known)) created.Add(record);
                else if (!known.Equals(record)) updated.Add(record);
            }

            deleted.AddRange(before.Live.Where(known => !now.Live.ContainsKey(known.Key)).Select(static known => known.Value));
        }

        return
        [
            .. Together(deleted).Select(RegistryEvent.Delete),
            .. Together(updated).Select(RegistryEvent.Update),
            .. Together(created).Select(RegistryEvent.Create),
        ];
    }

    /// <summary>Nodes whose records are the same are one event.</summary>
    private static IEnumerable<ServiceRecord> Together(IEnumerable<ServiceRecord> records) => records
        .GroupBy(static record => record with { Nodes = [] })
        .Select(static group => group.Key with { Nodes = [.. group.SelectMany(static record => record.Nodes)] });

    private ConcurrentBag<(string Path, Folder Before, Folder Now)> ReadAll(IReadOnlyCollection<string>? changed)
    {
        IEnumerable<string> paths = service is not null ? [store.FolderOf(service)]
            : changed is not null ? changed.Select(name => Path.Combine(store.Root, name))
            : store.Folders().Union(_folders.Keys);
        ConcurrentDictionary<ProcessIdentity, bool> processes = new();
        ConcurrentBag<(string, Folder, Folder)> read = [];
        string[] all = [.. paths];

        void Read(string path)
        {
            Folder before = _folders.GetValueOrDefault(path, Folder.Empty);
            read.Add((path, before, store.Read(path, before, processes)));
        }

        // Below this it is not worth other threads.
        if (all.Length < 16) Array.ForEach(all, Read);
        else Unwrap(() => Parallel.ForEach(all, Read));
        return read;
    }

    /// <summary>The first error itself, as one thread would have thrown it.</summary>
    private static void Unwrap(Action action)
    {
        try
        {
            action();
        }
        catch (AggregateException e)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }
}
