using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.File;

/// <summary>
/// A registry for the processes of one machine: a directory with a file for each node. Nothing has to run for it. docs/registries/file.md
/// describes the files.
/// </summary>
public sealed class FileRegistry : IRegistry
{
    private readonly FileRegistryOptions _options;
    private readonly FileStore _store;
    private readonly DirectoryMonitor _monitor;
    private readonly CancellationTokenSource _disposed = new();
    private int _isDisposed;

    /// <summary>Creates a registry; the directory is not touched before it is used.</summary>
    /// <param name="options">
    /// Where and how; null for the default directory. They must not be changed afterwards.
    /// </param>
    /// <param name="loggerFactory">Where it logs; null for nowhere.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or the directory is no path.</exception>
    public FileRegistry(FileRegistryOptions? options = null, ILoggerFactory? loggerFactory = null)
    {
        _options = options ?? new FileRegistryOptions();
        _options.Validate();
        string root = Path.TrimEndingDirectorySeparator(
            Path.GetFullPath(_options.Directory.Length > 0 ? _options.Directory : DefaultDirectory.Path));
        Address = $"{FileRegistryProvider.SchemeName}://{(root.StartsWith('/') ? "" : "/")}{root.Replace('\\', '/')}";
        ILogger logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger<FileRegistry>();
        _store = new FileStore(_options, root, logger);
        _monitor = new DirectoryMonitor(root, logger);
    }

    /// <inheritdoc/>
    public string Address { get; }

    /// <summary>True.</summary>
    public bool CanRegister => true;

    /// <inheritdoc/>
    public async ValueTask RegisterAsync(ServiceRecord record, RegisterOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(record);
        options ??= RegisterOptions.Default;
        if (record.Nodes.IsEmpty) throw RegistryErrors.Invalid(record, "it has no node.");
        if (record.Name.Length == 0) throw RegistryErrors.Invalid(record, "it has no name.");
        if (options.TimeToLive <= TimeSpan.Zero)
        {
            throw RegistryErrors.Invalid(record, $"its time to live, {options.TimeToLive}, is not positive.");
        }

        await RunAsync(
            $"register {record.Key}",
            () =>
            {
                _store.Write(record, options);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DeregisterAsync(ServiceRecord record, RegisterOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(record);
        bool isPersistent = options is { IsPersistent: true };
        ServiceNode? missing = await RunAsync(
            $"deregister {record.Key}", () => _store.Remove(record, mustExist: isPersistent), cancellationToken).ConfigureAwait(false);
        if (missing is not null && isPersistent) throw RegistryErrors.NotRegistered(record, missing, Address);
    }

    /// <inheritdoc/>
    public async ValueTask<ImmutableArray<ServiceRecord>> GetServiceAsync(string service, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(service);
        ImmutableArray<ServiceRecord> records = await RunAsync(
            $"read {service}",
            () => _store.HasRoot() ? ServiceRecord.Merge(_store.Read(_store.FolderOf(service), Folder.Empty, new()).Live.Values) : [],
            cancellationToken).ConfigureAwait(false);
        return records.IsEmpty ? throw RegistryErrors.NotFound(service, Address) : records;
    }

    /// <inheritdoc/>
    public async ValueTask<ImmutableArray<string>> ListServicesAsync(CancellationToken cancellationToken = default) => await RunAsync(
        "list services",
        ImmutableArray<string> () =>
        {
            ConcurrentDictionary<ProcessIdentity, bool> processes = new();
            return
            [
                .. _store.Folders()
                    .SelectMany(folder => _store.Read(folder, Folder.Empty, processes).Live.Values.Take(1))
                    .Select(static record => record.Name)
                    .Order(StringComparer.Ordinal),
            ];
        },
        cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The registry was disposed of.</exception>
    public async IAsyncEnumerable<RegistryEvent> WatchAsync(
        string? service, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string what = $"follow {service ?? "all services"}";
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);
        WatchedFolders folders = new(_store, service);
        await RunAsync(what, () => { _store.CreateRoot(); return true; }, cancellationToken).ConfigureAwait(false);
        // Before the first reading, so that what comes after it is announced.
        using FolderChanges changes = _monitor.Follow(service is null ? null : FileNames.ForService(service));
        yield return await RunAsync(what, folders.Load, cancellationToken).ConfigureAwait(false);
        DateTime rescan = Now + _options.RescanInterval;
        while (true)
        {
            TimeSpan left = TimeUntil(rescan < folders.NextEnd ? rescan : folders.NextEnd);
            await changes.WaitAsync(left, _options.Time, stop.Token).ConfigureAwait(false);
            bool isRescan = Now >= rescan || Now >= folders.NextEnd;
            if (isRescan)
            {
                rescan = Now + _options.RescanInterval;
                _monitor.Restart();
            }

            IReadOnlyCollection<string>? changed = changes.Take();
            ImmutableArray<RegistryEvent> events = await RunAsync(
                what, () => folders.Refresh(isRescan ? null : changed), cancellationToken).ConfigureAwait(false);
            foreach (RegistryEvent change in events) yield return change;
        }
    }

    /// <summary>Ends the watches of this registry; what it registered stays until its lease, or its process, ends.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        await _disposed.CancelAsync().ConfigureAwait(false);
        _monitor.Dispose();
    }

    private DateTime Now => _options.Time.GetUtcNow().UtcDateTime;

    /// <summary>At least so long that a clock that stands still, or is set back, does not make a watch spin.</summary>
    private TimeSpan TimeUntil(DateTime time)
    {
        TimeSpan left = time - Now;
        TimeSpan least = TimeSpan.FromMilliseconds(1);
        return left < least ? least : left < _options.RescanInterval ? left : _options.RescanInterval;
    }

    /// <summary>
    /// Reads and writes files on another thread, since they have no asynchronous form, and gives errors their common kind.
    /// </summary>
    private async Task<T> RunAsync<T>(string what, Func<T> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
        try
        {
            return await Task.Run(work, cancellationToken).ConfigureAwait(false);
        }
        catch (UnauthorizedAccessException e)
        {
            throw RegistryErrors.Refused(Address, what, isKnown: true, e.Message);
        }
        catch (IOException e)
        {
            throw RegistryErrors.Unavailable(
                Address,
                what,
                $"{e.Message} The directory {_store.Root} must be one that this user can write into; another is named by file:///path.",
                e);
        }
    }
}
