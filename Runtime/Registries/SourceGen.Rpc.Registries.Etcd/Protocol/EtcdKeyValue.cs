using System.Text;
using System.Text.Json;

namespace SourceGen.Rpc.Registries.Etcd.Protocol;

/// <summary>A key with what stands there.</summary>
/// <param name="RawKey">The key, which can be any bytes.</param>
/// <param name="Value">The value; empty for a deleted key.</param>
/// <param name="Lease">The lease it hangs on; 0 for none.</param>
internal sealed record EtcdKeyValue(byte[] RawKey, byte[] Value, long Lease)
{
    /// <summary>The key as text. What is not UTF-8 is replaced, which makes no key of a layout.</summary>
    public string Key { get; } = Encoding.UTF8.GetString(RawKey);

    /// <exception cref="FormatException">It is something else.</exception>
    public static EtcdKeyValue Read(JsonElement element) =>
        new(EtcdJson.GetBytes(element, "key"), EtcdJson.GetBytes(element, "value"), EtcdJson.GetNumber(element, "lease"));
}
