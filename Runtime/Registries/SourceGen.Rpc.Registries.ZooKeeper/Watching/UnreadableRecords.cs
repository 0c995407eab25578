using System.Security.Cryptography;
using System.Text;

namespace SourceGen.Rpc.Registries.ZooKeeper;

/// <summary>Logs what cannot be read, once as long as it stays the same.</summary>
internal sealed class UnreadableRecords(ZooKeeperLog log)
{
    /// <summary>How many are remembered; then it begins anew, which costs repeated lines and no memory.</summary>
    private const int MaxCount = 10_000;

    private readonly Lock _lock = new();
    private readonly HashSet<(string Path, string Content)> _known = [];

    public void Report(string path, ReadOnlySpan<byte> data, string reason)
    {
        string content = Convert.ToHexString(SHA256.HashData(data).AsSpan(0, 8));
        lock (_lock)
        {
            if (_known.Count >= MaxCount) _known.Clear();
            if (!_known.Add((path, content))) return;
        }

        log.RecordUnreadable(path, reason);
    }

    /// <summary>The same for what cannot even be fetched.</summary>
    public void Report(string path, string reason) => Report(path, Encoding.UTF8.GetBytes(reason), reason);
}
