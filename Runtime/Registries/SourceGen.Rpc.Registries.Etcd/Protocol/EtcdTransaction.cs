using System.Collections.Immutable;
using System.Text.Json;

namespace SourceGen.Rpc.Registries.Etcd.Protocol;

/// <summary>Does one thing when all comparisons hold, and another when one does not, as one change of the store.</summary>
internal sealed record EtcdTransaction
{
    /// <summary>What is compared; with nothing to compare all holds.</summary>
    public ImmutableArray<EtcdCompare> Compare { get; init; } = [];

    /// <summary>What is done when all holds.</summary>
    public ImmutableArray<EtcdAction> Then { get; init; } = [];

    /// <summary>What is done when it does not.</summary>
    public ImmutableArray<EtcdAction> Else { get; init; } = [];

    public byte[] ToJson() => EtcdJson.Write(writer =>
    {
        writer.WriteStartArray("compare");
        foreach (EtcdCompare compare in Compare) compare.Write(writer);
        writer.WriteEndArray();
        Write(writer, "success", Then);
        Write(writer, "failure", Else);
    });

    private static void Write(Utf8JsonWriter writer, string name, ImmutableArray<EtcdAction> actions)
    {
        writer.WriteStartArray(name);
        foreach (EtcdAction action in actions) action.Write(writer);
        writer.WriteEndArray();
    }
}
