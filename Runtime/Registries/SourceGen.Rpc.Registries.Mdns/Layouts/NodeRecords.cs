using SourceGen.Rpc.Registries.DnsMessages;

namespace SourceGen.Rpc.Registries.Mdns.Layouts;

/// <summary>What is announced of one node.</summary>
/// <param name="Instance">Its name, which must be its alone.</param>
/// <param name="Unique">Records that nobody else may have: those of the instance and of its host.</param>
/// <param name="Shared">Records that others have, too: those that lead to it.</param>
internal sealed record NodeRecords(DomainName Instance, IReadOnlyList<DnsRecord> Unique, IReadOnlyList<DnsRecord> Shared);
