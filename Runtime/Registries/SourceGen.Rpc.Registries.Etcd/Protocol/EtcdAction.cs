using System.Text.Json;

namespace SourceGen.Rpc.Registries.Etcd.Protocol;

/// <summary>What a transaction does with a key.</summary>
/// <param name="Kind">What.</param>
/// <param name="Key">The key.</param>
internal sealed record EtcdAction(EtcdActionKind Kind, string Key)
{
    /// <summary>What is put.</summary>
    public byte[] Value { get; init; } = [];

    /// <summary>The lease that what is put hangs on; 0 for none.</summary>
    public long Lease { get; init; }

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteStartObject(Kind switch
        {
            EtcdActionKind.Put => "request_put",
            EtcdActionKind.Delete => "request_delete_range",
            _ => "request_range",
        });
        EtcdJson.WriteKey(writer, "key", Key);
        if (Kind == EtcdActionKind.Put)
        {
            writer.WriteBase64String("value", Value);
            EtcdJson.WriteNumber(writer, "lease", Lease);
        }
        else if (Kind == EtcdActionKind.ReadKey)
        {
            writer.WriteBoolean("keys_only", true);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
