using System.Collections.Concurrent;
using System.IO.Enumeration;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.File;

/// <summary>
/// The files. A node's is written under a temporary name and renamed, so that nobody sees half of it; its lease is renewed by its time of
/// writing. No locks: whoever is killed leaves nothing that others wait for. Thread safe, also with other processes.
/// </summary>
internal sealed class FileStore(FileRegistryOptions options, string root, ILogger logger)
{
    /// <summary>What a folder, or the directory, holds at most; more is not a registry.</summary>
    private const int MaxEntries = 100_000;

    /// <summary>A folder can vanish between its making and the file's, by its last node's leaving; not this often.</summary>
    private const int MaxAttempts = 50;

    /// <summary>Unreadable files that were logged; forgotten when there are this many.</summary>
    private const int MaxLogged = 1_000;

    /// <summary>Also names that begin with a dot, which are hidden: what was left half written.</summary>
    private static readonly EnumerationOptions s_everything = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

    private readonly ConcurrentDictionary<(string Path, DateTime WrittenAt, long Length), bool> _logged = new();

    public string Root => root;

    private DateTime Now => options.Time.GetUtcNow().UtcDateTime;

    /// <summary>Makes the directory unless it is there.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public void CreateRoot()
    {
        if (!Directory.Exists(root))
        {
            if (System.IO.File.Exists(root)) throw NotADirectory(root);
            FilePermissions.CreatePrivate(root);
            FileRegistryLog.DirectoryCreated(logger, root);
        }

        DefaultDirectory.Check(root);
    }

    /// <summary>Whether the directory is there.</summary>
    /// <exception cref="IOException">Something else is.</exception>
    public bool HasRoot()
    {
        if (Directory.Exists(root))
        {
            DefaultDirectory.Check(root);
            return true;
        }

        // It is missing, or cannot be there at all.
        for (string? path = root; path is not null && !Directory.Exists(path); path = Path.GetDirectoryName(path))
        {
            if (System.IO.File.Exists(path)) throw NotADirectory(path);
        }

        return false;
    }

    /// <summary>Writes the nodes of a record, or renews them.</summary>
    public void Write(ServiceRecord record, RegisterOptions register)
    {
        CreateRoot();
        string folder = FolderOf(record.Name);
        foreach (ServiceNode node in record.Nodes)
        {
            byte[] content = NodeFile.Write(record with { Nodes = [node] }, register);
            if (content.Length > ServiceRecordJson.MaxLength)
            {
                throw RegistryErrors.Invalid(record, $"it has more than {ServiceRecordJson.MaxLength:N0} bytes.");
            }

            string path = Path.Combine(folder, FileNames.ForNode(record, node.Id));
            if (!TryRenew(path, content)) Replace(folder, path, content, isFlushed: register.IsPersistent);
        }
    }

    /// <summary>Removes the nodes of a record.</summary>
    /// <returns>The first node that was not there; none is removed then when <paramref name="mustExist"/>.</returns>
    public ServiceNode? Remove(ServiceRecord record, bool mustExist)
    {
        string folder = FolderOf(record.Name);
        ServiceNode? missing = HasRoot()
            ? record.Nodes.FirstOrDefault(node => !System.IO.File.Exists(Path.Combine(folder, FileNames.ForNode(record, node.Id))))
            : record.Nodes.FirstOrDefault();
        if (missing is not null && mustExist) return missing;
        foreach (ServiceNode node in record.Nodes)
        {
            if (!TrySetAside(Path.Combine(folder, FileNames.ForNode(record, node.Id)), out string aside)) missing ??= node;
            else System.IO.File.Delete(aside);
        }

        RemoveIfEmpty(folder);
        return missing;
    }

    /// <summary>The folder of a service, by its name in the directory.</summary>
    public string FolderOf(string service) => Path.Combine(root, FileNames.ForService(service));

    /// <summary>All folders.</summary>
    public List<string> Folders()
    {
        List<string> folders = [];
        if (!HasRoot()) return folders;
        foreach (string path in Directory.EnumerateDirectories(root))
        {
            if (FileNames.IsTemporary(Path.GetFileName(path.AsSpan()))) continue;
            if (folders.Count == MaxEntries) throw new IOException($"The directory {root} holds more than {MaxEntries:N0} folders.");
            folders.Add(path);
        }

        return folders;
    }

    /// <summary>Reads a folder.</summary>
    /// <param name="folder">Its path; it need not be there.</param>
    /// <param name="before">What it held before.</param>
    /// <param name="processes">Which processes are known to have ended or not, during one reading of several folders.</param>
    public Folder Read(string folder, Folder before, ConcurrentDictionary<ProcessIdentity, bool> processes)
    {
        Dictionary<string, KnownFile> files = [];
        SortedDictionary<string, ServiceRecord> live = new(StringComparer.Ordinal);
        DateTime now = Now;
        DateTime next = DateTime.MaxValue;
        bool hasRemoved = false;
        foreach ((string name, DateTime writtenAt, long length) in Enumerate(folder))
        {
            string path = Path.Combine(folder, name);
            if (!FileNames.IsRecord(name))
            {
                bool isLeft = FileNames.IsTemporary(name) && writtenAt < now - options.RemoveExpiredAfter;
                if (isLeft) hasRemoved |= TryRemoveOld(path, writtenAt);
                continue;
            }

            if (files.Count == MaxEntries) throw new IOException($"The directory {folder} holds more than {MaxEntries:N0} files.");
            if (!before.Files.TryGetValue(name, out KnownFile file) || file.WrittenAt != writtenAt || file.Length != length)
            {
                if (!TryRead(folder, name, out file)) continue;
            }

            // By the time since, which cannot overflow.
            if (file.Content is not null && file.End < now && now - file.End > options.RemoveExpiredAfter)
            {
                hasRemoved |= TryRemoveOld(path, file.WrittenAt);
                continue;
            }

            files.Add(name, file);
            if (file.Content is not { } content || file.End <= now || IsDead(content, processes)) continue;
            live.Add(name, content.Record);
            if (file.End < next) next = file.End;
        }

        if (hasRemoved) RemoveIfEmpty(folder);
        return new Folder(files, live, next);
    }

    private static IOException NotADirectory(string path) => new($"{path} is not a directory.");

    private IEnumerable<(string Name, DateTime WrittenAt, long Length)> Enumerate(string folder)
    {
        if (!Directory.Exists(folder)) return [];
        try
        {
            return [.. new FileSystemEnumerable<(string, DateTime, long)>(
                folder,
                static (ref entry) => (entry.FileName.ToString(), entry.LastWriteTimeUtc.UtcDateTime, entry.Length),
                s_everything)
            {
                ShouldIncludePredicate = static (ref entry) => !entry.IsDirectory,
            }];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (UnauthorizedAccessException e)
        {
            // Another user's folder in a directory of several users.
            LogUnreadable(folder, default, e.Message);
            return [];
        }
    }

    private bool IsDead(NodeFile file, ConcurrentDictionary<ProcessIdentity, bool> processes) =>
        options.LeavesOutDeadProcesses && file is { TimeToLive: not null, Process: { } process }
        && processes.GetOrAdd(process, static identity => identity.IsDead());

    /// <summary>Reads a file; what cannot be understood is logged and remembered as such.</summary>
    /// <returns>False when it is not there any more.</returns>
    private bool TryRead(string folder, string name, out KnownFile file)
    {
        string path = Path.Combine(folder, name);
        try
        {
            using SafeFileHandle handle = Open(path);
            long length = RandomAccess.GetLength(handle);
            DateTime writtenAt = System.IO.File.GetLastWriteTimeUtc(handle);
            string? error = $"it has {length:N0} bytes, and at most {NodeFile.MaxLength:N0} are read";
            NodeFile? content = null;
            if (length <= NodeFile.MaxLength && NodeFile.TryRead(ReadAll(handle, (int)length), out content, out error))
            {
                // A copy of another node's file would be that node twice.
                bool isInPlace = FileNames.ForService(content.Record.Name) == Path.GetFileName(folder)
                    && FileNames.ForNode(content.Record, content.Record.Nodes[0].Id) == name;
                if (!isInPlace)
                {
                    error = $"its node, {content.Record.Nodes[0]} of {content.Record.Key}, does not belong into a file of this name";
                    content = null;
                }
            }

            file = new KnownFile(writtenAt, length, content);
            if (content is null) LogUnreadable(path, file, error!);
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            file = default;
            return false;
        }
        catch (UnauthorizedAccessException e)
        {
            file = default;
            LogUnreadable(path, file, e.Message);
            return false;
        }
    }

    private void LogUnreadable(string path, KnownFile file, string error)
    {
        if (_logged.Count >= MaxLogged) _logged.Clear();
        if (_logged.TryAdd((path, file.WrittenAt, file.Length), true)) FileRegistryLog.Unreadable(logger, path, error);
    }

    /// <summary>Renews a file that says what is to be written.</summary>
    private bool TryRenew(string path, byte[] content)
    {
        try
        {
            using (SafeFileHandle handle = Open(path))
            {
                if (RandomAccess.GetLength(handle) != content.Length) return false;
                if (!ReadAll(handle, content.Length).Span.SequenceEqual(content)) return false;
            }

            System.IO.File.SetLastWriteTimeUtc(path, Now);
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            // Not there, gone meanwhile, or another user's: written anew, which fails with a reason if it cannot be.
            return false;
        }
    }

    private void Replace(string folder, string path, byte[] content, bool isFlushed)
    {
        for (int attempt = 1; ; attempt++)
        {
            string temporary = Path.Combine(folder, FileNames.NewTemporary());
            bool hasFolder = false;
            CreateRoot();
            try
            {
                FilePermissions.CreateLike(root, folder);
                hasFolder = true;
                try
                {
                    using (FileStream stream = FilePermissions.CreateFile(root, temporary))
                    {
                        stream.Write(content);
                        // A persistent node is to outlive the machine's crash, too.
                        if (isFlushed) stream.Flush(flushToDisk: true);
                    }

                    System.IO.File.SetLastWriteTimeUtc(temporary, Now);
                    System.IO.File.Move(temporary, path, overwrite: true);
                    return;
                }
                catch
                {
                    DeleteIfThere(temporary);
                    throw;
                }
            }
            catch (IOException e) when (attempt < MaxAttempts && (!hasFolder || e is DirectoryNotFoundException or FileNotFoundException))
            {
                // The folder was removed meanwhile: also between the system's saying that it exists and the library's looking.
            }
        }
    }

    /// <summary>
    /// Removes a file that is out of use. Who registers may renew it in this moment: it is set aside first, and put back if it was renewed.
    /// </summary>
    private bool TryRemoveOld(string path, DateTime writtenAt)
    {
        try
        {
            if (!TrySetAside(path, out string aside)) return false;
            if (System.IO.File.GetLastWriteTimeUtc(aside) != writtenAt && !System.IO.File.Exists(path))
            {
                System.IO.File.Move(aside, path, overwrite: false);
                return false;
            }

            System.IO.File.Delete(aside);
            FileRegistryLog.Removed(logger, path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another one's, or another one was faster: it costs a name in a directory.
            FileRegistryLog.NotRemoved(logger, path, e.Message);
            return false;
        }
    }

    /// <summary>Renames a file, which unlike deleting it says whether it was there.</summary>
    private static bool TrySetAside(string path, out string aside)
    {
        aside = Path.Combine(Path.GetDirectoryName(path)!, FileNames.NewTemporary());
        try
        {
            System.IO.File.Move(path, aside, overwrite: true);
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    private static void RemoveIfEmpty(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is not empty, which is what the system checks, and nobody else can in time.
        }
    }

    private static void DeleteIfThere(string path)
    {
        if (System.IO.File.Exists(path)) System.IO.File.Delete(path);
    }

    /// <summary>Without locking it against those who replace or remove it.</summary>
    private static SafeFileHandle Open(string path) =>
        System.IO.File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    private static ReadOnlyMemory<byte> ReadAll(SafeFileHandle handle, int length)
    {
        byte[] content = new byte[length];
        int read = 0;
        while (read < length)
        {
            int count = RandomAccess.Read(handle, content.AsSpan(read), read);
            if (count == 0) break;
            read += count;
        }

        return content.AsMemory(0, read);
    }
}
