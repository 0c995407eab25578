namespace SourceGen.Rpc.Brokers.Conformance;

/// <summary>A message as a test keeps it.</summary>
public sealed record Letter(
    string Topic, string Text, ulong? Key, string? Id, IReadOnlyList<KeyValuePair<string, string>> Headers, int Deliveries)
{
    /// <summary>A header's value; null when there is none.</summary>
    public string? this[string name] => Headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
}
