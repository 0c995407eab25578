using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.ZooKeeper.Client;

namespace SourceGen.Rpc.Registries.ZooKeeper;

/// <summary>
/// What a registry holds of one service, or of all. It is read once, and again where something has changed: each read sets a watch with a
/// watcher, so whatever happens after it makes a part dirty again, and nothing falls between.
/// </summary>
internal sealed class RecordTree
{
    /// <summary>
    /// How many reads are under way at once: enough to keep the server busy, and few enough for all to be answered in time.
    /// </summary>
    private const int BatchSize = 500;

    /// <summary>
    /// How many nodes one request reads: with 1 MiB each, which is the most that servers keep, they fit into the longest answer.
    /// </summary>
    private const int NodesInRequest = 14;

    private readonly ZooKeeperClient _client;
    private readonly OperationRunner _runner;
    private readonly IRecordLayout _layout;
    private readonly UnreadableRecords _unreadable;
    private readonly string? _service;
    private readonly INodeWatcher? _watcher;
    private readonly Dictionary<string, RecordDirectory> _directories = new(StringComparer.Ordinal);
    private readonly List<RegistryEvent> _ended = [];
    private bool _isRootDirty;

    public RecordTree(
        ZooKeeperClient client,
        OperationRunner runner,
        IRecordLayout layout,
        UnreadableRecords unreadable,
        string? service,
        INodeWatcher? watcher)
    {
        _client = client;
        _runner = runner;
        _layout = layout;
        _unreadable = unreadable;
        _service = service;
        _watcher = watcher;
        _isRootDirty = service is null;
        if (service is not null) Add(layout.GetDirectory(service));
    }

    /// <summary>All there is.</summary>
    public IEnumerable<ServiceRecord> Records => _directories.Values.SelectMany(static directory => directory.Records);

    private string What => _service is null ? "read all services" : $"read {_service}";

    /// <summary>Notes that something happened to a path.</summary>
    public void Invalidate(string path)
    {
        if (path == _layout.Root)
        {
            _isRootDirty = _service is null;
        }
        else if (_directories.TryGetValue(path, out RecordDirectory? directory))
        {
            directory.IsDirty = true;
        }
        else if (path.LastIndexOf('/') is > 0 and int slash
            && _directories.TryGetValue(path[..slash], out directory)
            && directory.Nodes.TryGetValue(path[(slash + 1)..], out RecordNode? node))
        {
            node.IsDirty = true;
        }
    }

    /// <summary>Reads what is dirty.</summary>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        while (_isRootDirty) await _runner.RunAsync(What, ReadRootAsync, cancellationToken).ConfigureAwait(false);
        await ReadAllAsync(
            () => _directories.Values.Where(static directory => directory.IsDirty),
            ReadDirectoryAsync,
            cancellationToken).ConfigureAwait(false);
        await ReadAllAsync(
            () => _directories.Values.SelectMany(
                static directory => directory.Nodes.Values.Where(static node => node.IsDirty).Chunk(NodesInRequest),
                static (directory, nodes) => (directory, nodes)),
            ReadNodesAsync,
            cancellationToken).ConfigureAwait(false);
        foreach (RecordDirectory directory in _directories.Values)
        {
            if (!directory.IsTouched) continue;
            foreach (RecordNode node in directory.Nodes.Values)
            {
                if (node.IsGone) directory.Nodes.Remove(node.Name);
            }
        }
    }

    /// <summary>Takes what is there now as told.</summary>
    public void SetTold()
    {
        _ended.Clear();
        foreach (RecordDirectory directory in _directories.Values) directory.SetTold();
    }

    /// <summary>What is other than it was when it was last told.</summary>
    public RegistryEvent[] TakeEvents()
    {
        RegistryEvent[] events =
        [
            .. _ended,
            .. _directories.Values.Where(static directory => directory.IsTouched).SelectMany(static directory => directory.TakeEvents()),
        ];
        _ended.Clear();
        return events;
    }

    private void Add(string directory) => _directories.TryAdd(directory, new RecordDirectory(directory));

    /// <summary>Reads in batches until nothing is left. A batch that a lost connection interrupts goes on where it was.</summary>
    private async Task ReadAllAsync<T>(
        Func<IEnumerable<T>> getDirty, Func<T, CancellationToken, Task> read, CancellationToken cancellationToken)
    {
        T[] left;
        do
        {
            left = await _runner.RunAsync(
                What,
                async token =>
                {
                    T[] batch = [.. getDirty().Take(BatchSize)];
                    await Task.WhenAll(batch.Select(item => read(item, token))).ConfigureAwait(false);
                    return batch;
                },
                cancellationToken).ConfigureAwait(false);
        }
        while (left.Length > 0);
    }

    private async Task<bool> ReadRootAsync(CancellationToken cancellationToken)
    {
        string[]? children = await _client.GetChildrenAsync(_layout.Root, _watcher, cancellationToken).ConfigureAwait(false);
        if (children is null && await IsThereAsync(_layout.Root, cancellationToken).ConfigureAwait(false)) return false;
        HashSet<string> gone = [.. _directories.Keys];
        foreach (string child in children ?? [])
        {
            string directory = _layout.GetDirectoryOfChild(child);
            if (!gone.Remove(directory)) Add(directory);
        }

        foreach (string path in gone)
        {
            _directories.Remove(path, out RecordDirectory? directory);
            directory!.SetNames([]);
            _ended.AddRange(directory.TakeEvents());
        }

        _isRootDirty = false;
        return true;
    }

    private async Task ReadDirectoryAsync(RecordDirectory directory, CancellationToken cancellationToken)
    {
        string[]? names = await _client.GetChildrenAsync(directory.Path, _watcher, cancellationToken).ConfigureAwait(false);
        // When it has come meanwhile, it is still dirty and read again.
        if (names is null && await IsThereAsync(directory.Path, cancellationToken).ConfigureAwait(false)) return;
        directory.SetNames(names);
        if (!_layout.IsRecordInName) return;
        foreach (RecordNode node in directory.Nodes.Values)
        {
            if (node.IsDirty) SetRecord(directory, node, []);
        }
    }

    /// <summary>Looks again at what was not there, which sets the watch that waits for it. Without a watcher there is no need.</summary>
    private async Task<bool> IsThereAsync(string path, CancellationToken cancellationToken) =>
        _watcher is not null && await _client.ExistsAsync(path, _watcher, cancellationToken).ConfigureAwait(false);

    private async Task ReadNodesAsync((RecordDirectory Directory, RecordNode[] Nodes) item, CancellationToken cancellationToken)
    {
        (RecordDirectory directory, RecordNode[] nodes) = item;
        string[] paths = [.. nodes.Select(node => $"{directory.Path}/{node.Name}")];
        Reply<NodeData>[] replies = await _client.GetDataAsync(paths, _watcher, cancellationToken).ConfigureAwait(false);
        for (int i = 0; i < nodes.Length; i++)
        {
            (ErrorCode error, NodeData? data) = replies[i];
            nodes[i].IsGone = error == ErrorCode.NoNode;
            if (data is not null)
            {
                SetRecord(directory, nodes[i], data.Data);
                continue;
            }

            if (error != ErrorCode.NoNode) _unreadable.Report(paths[i], $"reading it is answered with {error.Describe()}");
            Set(directory, nodes[i], record: null);
        }
    }

    private void SetRecord(RecordDirectory directory, RecordNode node, byte[] data)
    {
        ServiceRecord? record = null;
        try
        {
            record = _layout.Read(directory.Path, node.Name, data);
        }
        catch (FormatException e)
        {
            _unreadable.Report($"{directory.Path}/{node.Name}", data, e.Message);
        }

        Set(directory, node, record);
    }

    private static void Set(RecordDirectory directory, RecordNode node, ServiceRecord? record)
    {
        node.Record = record;
        node.IsDirty = false;
        directory.IsTouched = true;
    }
}
