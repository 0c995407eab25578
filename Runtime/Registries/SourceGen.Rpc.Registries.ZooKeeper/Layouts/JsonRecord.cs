using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.ZooKeeper;

/// <summary>Reads records that are kept as JSON.</summary>
internal static class JsonRecord
{
    /// <exception cref="FormatException">It is not a record.</exception>
    public static ServiceRecord Read(byte[] data) =>
        ServiceRecordJson.TryRead(data, out ServiceRecord? record, out string? error) ? record : throw new FormatException(error);
}
