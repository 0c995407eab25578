using System.Collections.Immutable;
using System.Text.Json;

namespace SourceGen.Rpc.Registries.Etcd.Protocol;

/// <summary>What a watch says: that it was created, that something changed, that all is well, or that it is over.</summary>
/// <param name="Revision">The revision of the store when it was said.</param>
/// <param name="IsCreated">Whether it is the first message.</param>
/// <param name="IsCanceled">Whether it is the last one.</param>
/// <param name="CompactRevision">The first revision that is still there, when those that were asked for are not; otherwise 0.</param>
/// <param name="CancelReason">Why it is over.</param>
/// <param name="Changes">What changed.</param>
internal sealed record EtcdWatchMessage(
    long Revision, bool IsCreated, bool IsCanceled, long CompactRevision, string CancelReason, ImmutableArray<EtcdChange> Changes)
{
    /// <summary>Reads a line of the stream.</summary>
    /// <param name="line">The line.</param>
    /// <param name="error">The error that the stream ends with, in place of a message.</param>
    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="FormatException">It is no message.</exception>
    public static EtcdWatchMessage? Read(ReadOnlyMemory<byte> line, out EtcdError? error)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        if (EtcdError.TryRead(document.RootElement, out error)) return null;
        JsonElement result = EtcdJson.GetObject(document.RootElement, "result");
        if (result.ValueKind != JsonValueKind.Object) throw new FormatException("a message has no 'result'");
        return new EtcdWatchMessage(
            EtcdJson.GetRevision(result),
            EtcdJson.GetFlag(result, "created"),
            EtcdJson.GetFlag(result, "canceled"),
            EtcdJson.GetNumber(result, "compact_revision"),
            EtcdJson.GetText(result, "cancel_reason") ?? "",
            [.. EtcdJson.GetObjects(result, "events").Select(static change => new EtcdChange(
                EtcdJson.GetText(change, "type") == "DELETE", EtcdKeyValue.Read(EtcdJson.GetObject(change, "kv"))))]);
    }
}
