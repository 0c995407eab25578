using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.ZooKeeper.Client;

namespace SourceGen.Rpc.Registries.ZooKeeper;

/// <summary>
/// Enters and removes nodes, whatever others do to the same paths meanwhile: when somebody changed what a step was based on, it is begun
/// anew, until the operation's time is over. Everything here may be done twice.
/// </summary>
internal sealed class NodeRegistrar(ZooKeeperClient client, IRecordLayout layout)
{
    private readonly Lock _lock = new();

    /// <summary>Where what has its record in its name was entered by this registry, by record and node.</summary>
    private readonly Dictionary<(string Key, string Id), string> _entered = [];

    /// <summary>Makes sure that a node is there, with its data, and ends with this session or is persistent.</summary>
    /// <returns>The paths of what it took the place of.</returns>
    public async Task<IReadOnlyCollection<string>> RegisterAsync(RecordEntry entry, bool isEphemeral, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Reading costs an ensemble far less than a write that fails, and mostly this is a renewal.
            NodeData? found = await client.GetDataAsync(entry.Path, cancellationToken).ConfigureAwait(false);
            ErrorCode result = await EnterAsync(entry, isEphemeral, found, cancellationToken).ConfigureAwait(false);
            if (result == ErrorCode.Ok)
            {
                return layout.IsRecordInName ? await TakePlaceAsync(entry, cancellationToken).ConfigureAwait(false) : [];
            }

            // Not expected to pass by itself: something was put below the node.
            if (result == ErrorCode.NotEmpty) throw new ZooKeeperException(result, $"replace {entry.Path}");
        }
    }

    /// <summary>Removes a node.</summary>
    /// <returns>Whether it was there.</returns>
    public async Task<bool> DeregisterAsync(RecordEntry entry, CancellationToken cancellationToken)
    {
        lock (_lock) _entered.Remove((entry.RecordKey, entry.Node.Id));
        if (layout.IsPathShared) return await DeleteIfOwnAsync(entry, cancellationToken).ConfigureAwait(false);
        if (await DeleteAsync(entry.Path, cancellationToken).ConfigureAwait(false)) return true;
        // The same URL may have been written with its parameters in another order.
        return layout.IsRecordInName && (await RemoveOthersAsync(entry, cancellationToken).ConfigureAwait(false)).Count > 0;
    }

    /// <summary>Removes a node if it is this session's, and not one that somebody else has put in its place.</summary>
    /// <returns>Whether it was there.</returns>
    public async Task<bool> RemoveOwnAsync(string path, CancellationToken cancellationToken)
    {
        NodeData? found = await client.GetDataAsync(path, cancellationToken).ConfigureAwait(false);
        return found?.Stat.EphemeralOwner == client.SessionId && await DeleteAsync(path, cancellationToken).ConfigureAwait(false);
    }

    private async Task<ErrorCode> EnterAsync(RecordEntry entry, bool isEphemeral, NodeData? found, CancellationToken cancellationToken)
    {
        if (found is null)
        {
            ErrorCode created = await client.CreateAsync(entry.Path, entry.Data, isEphemeral, cancellationToken).ConfigureAwait(false);
            return created == ErrorCode.NoNode
                ? await EnterWithDirectoriesAsync(entry, isEphemeral, cancellationToken).ConfigureAwait(false)
                : created;
        }

        // The classic mistake is to be content with a node that ends with somebody else's session, and vanishes with it.
        if (found.Stat.EphemeralOwner != (isEphemeral ? client.SessionId : 0))
        {
            return await client
                .ReplaceAsync(entry.Path, found.Stat.Version, entry.Data, isEphemeral, cancellationToken).ConfigureAwait(false);
        }

        return found.Data.AsSpan().SequenceEqual(entry.Data)
            ? ErrorCode.Ok
            : await client.SetDataAsync(entry.Path, entry.Data, found.Stat.Version, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Creates a node together with the directories that are missing. Only those: to create what is there already may not be permitted, and
    /// is answered with that.
    /// </summary>
    private async Task<ErrorCode> EnterWithDirectoriesAsync(RecordEntry entry, bool isEphemeral, CancellationToken cancellationToken)
    {
        List<string> directories = [];
        for (int slash = entry.Directory.Length; slash > 0; slash = entry.Directory.LastIndexOf('/', slash - 1))
        {
            directories.Insert(0, entry.Directory[..slash]);
        }

        bool[] exist = await Task
            .WhenAll(directories.Select(path => client.ExistsAsync(path, watcher: null, cancellationToken))).ConfigureAwait(false);
        IEnumerable<string> missing = directories.Where((_, i) => !exist[i]);
        return await client.CreateAsync(missing, entry.Path, entry.Data, isEphemeral, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes what stands for the same node, unless that was done when it was entered before.</summary>
    private async Task<IReadOnlyCollection<string>> TakePlaceAsync(RecordEntry entry, CancellationToken cancellationToken)
    {
        (string Key, string Id) identity = (entry.RecordKey, entry.Node.Id);
        lock (_lock)
        {
            if (_entered.TryGetValue(identity, out string? path) && path == entry.Path) return [];
        }

        IReadOnlyCollection<string> removed = await RemoveOthersAsync(entry, cancellationToken).ConfigureAwait(false);
        lock (_lock) _entered[identity] = entry.Path;
        return removed;
    }

    /// <summary>Removes what stands for the same node of the same record under another name.</summary>
    private async Task<IReadOnlyCollection<string>> RemoveOthersAsync(RecordEntry entry, CancellationToken cancellationToken)
    {
        List<string> removed = [];
        string[]? names = await client.GetChildrenAsync(entry.Directory, watcher: null, cancellationToken).ConfigureAwait(false);
        foreach (string name in names ?? [])
        {
            if (name == entry.Name || !IsSame(entry, name)) continue;
            string path = $"{entry.Directory}/{name}";
            if (await DeleteAsync(path, cancellationToken).ConfigureAwait(false)) removed.Add(path);
        }

        return removed;
    }

    private bool IsSame(RecordEntry entry, string name)
    {
        try
        {
            ServiceRecord other = layout.Read(entry.Directory, name, []);
            return other.Key == entry.RecordKey && other.Nodes.Any(node => node.Id == entry.Node.Id);
        }
        catch (FormatException)
        {
            // Not a record, so not this one. Those who read say so.
            return false;
        }
    }

    private async Task<bool> DeleteIfOwnAsync(RecordEntry entry, CancellationToken cancellationToken)
    {
        while (true)
        {
            NodeData? found = await client.GetDataAsync(entry.Path, cancellationToken).ConfigureAwait(false);
            if (found is null || !IsOwn(entry, found.Data)) return false;
            ErrorCode deleted = await client.DeleteAsync(entry.Path, found.Stat.Version, cancellationToken).ConfigureAwait(false);
            if (deleted == ErrorCode.Ok) return true;
            if (deleted == ErrorCode.NotEmpty) throw new ZooKeeperException(deleted, $"delete {entry.Path}");
        }
    }

    private bool IsOwn(RecordEntry entry, byte[] data)
    {
        try
        {
            return layout.Read(entry.Directory, entry.Name, data).Key == entry.RecordKey;
        }
        catch (FormatException)
        {
            // What cannot be read is found by nobody, and is in the way.
            return true;
        }
    }

    private async Task<bool> DeleteAsync(string path, CancellationToken cancellationToken)
    {
        ErrorCode deleted = await client.DeleteAsync(path, ZooKeeperClient.AnyVersion, cancellationToken).ConfigureAwait(false);
        return deleted switch
        {
            ErrorCode.Ok => true,
            ErrorCode.NoNode => false,
            _ => throw new ZooKeeperException(deleted, $"delete {path}"),
        };
    }
}
