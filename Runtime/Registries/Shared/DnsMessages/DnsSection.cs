namespace SourceGen.Rpc.Registries.DnsMessages;

/// <summary>The parts of a message that hold records, in their order.</summary>
internal enum DnsSection
{
    Answer = 1,
    Authority = 2,
    Additional = 3,
}
