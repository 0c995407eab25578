using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Discovery;

/// <summary>
/// The last good snapshots on disk: a file for each service, a record on each line. A file is replaced as a whole, so a crash leaves the
/// old one or the new one.
/// </summary>
internal sealed class SnapshotFiles(string path, ILogger logger)
{
    /// <summary>Writes what is known of a service. A failure is logged: the program goes on without.</summary>
    public void Save(string service, ImmutableArray<ServiceRecord> records)
    {
        string file = FileOf(service);
        string temporary = $"{file}.{Environment.ProcessId}.tmp";
        try
        {
            Directory.CreateDirectory(path);
            using (FileStream stream = File.Create(temporary))
            {
                foreach (ServiceRecord record in records)
                {
                    stream.Write(ServiceRecordJson.Write(record));
                    stream.WriteByte((byte)'\n');
                }
            }

            File.Move(temporary, file, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            DirectoryLog.CacheFailed(logger, service, "saved to", file, e.Message);
        }
    }

    /// <summary>Reads what was known of a service.</summary>
    /// <param name="service">The service; <c>*</c> for all.</param>
    /// <param name="writtenAt">When it was written.</param>
    /// <returns>The records; empty when there is no file, or none that can be read.</returns>
    public ImmutableArray<ServiceRecord> Load(string service, out DateTimeOffset writtenAt)
    {
        string file = FileOf(service);
        writtenAt = default;
        try
        {
            if (!File.Exists(file)) return [];
            writtenAt = File.GetLastWriteTimeUtc(file);
            List<ServiceRecord> records = [];
            foreach (string line in File.ReadLines(file))
            {
                if (ServiceRecordJson.TryRead(Encoding.UTF8.GetBytes(line), out ServiceRecord? record, out string? error)) records.Add(record);
                else DirectoryLog.CacheFailed(logger, service, "read from", file, error);
            }

            return ServiceRecord.Merge(records);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            DirectoryLog.CacheFailed(logger, service, "read from", file, e.Message);
            return [];
        }
    }

    /// <summary>The file of a service. What could be more than a name in a path is escaped.</summary>
    public string FileOf(string service)
    {
        StringBuilder name = new();
        foreach (byte b in Encoding.UTF8.GetBytes(service))
        {
            if (char.IsAsciiLetterOrDigit((char)b) || (b is (byte)'-' or (byte)'_' or (byte)'.' && name.Length > 0)) name.Append((char)b);
            else name.Append('%').Append(b.ToString("x2", null));
        }

        return Path.Combine(path, $"{name}.jsonl");
    }
}
