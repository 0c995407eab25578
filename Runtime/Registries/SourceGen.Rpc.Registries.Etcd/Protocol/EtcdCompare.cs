using System.Text.Json;

namespace SourceGen.Rpc.Registries.Etcd.Protocol;

/// <summary>
/// What must hold of a key for a transaction to do the one thing and not the other. A key that is not there is 0 in everything.
/// </summary>
/// <param name="Key">The key.</param>
/// <param name="Target">What of it is compared.</param>
internal sealed record EtcdCompare(string Key, EtcdCompareTarget Target)
{
    /// <summary>What it must be equal to, for all targets but the value.</summary>
    public long Number { get; init; }

    /// <summary>What the value must be equal to.</summary>
    public byte[] Value { get; init; } = [];

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        EtcdJson.WriteKey(writer, "key", Key);
        writer.WriteString("result", "EQUAL");
        switch (Target)
        {
            case EtcdCompareTarget.ModRevision:
                writer.WriteString("target", "MOD");
                EtcdJson.WriteNumber(writer, "mod_revision", Number);
                break;
            case EtcdCompareTarget.Lease:
                writer.WriteString("target", "LEASE");
                EtcdJson.WriteNumber(writer, "lease", Number);
                break;
            default:
                writer.WriteString("target", "VALUE");
                writer.WriteBase64String("value", Value);
                break;
        }

        writer.WriteEndObject();
    }
}
