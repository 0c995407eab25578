using System.Collections.Immutable;
using SourceGen.Rpc.Registries.DnsMessages;

namespace SourceGen.Rpc.Registries.Dns.Resolving;

/// <summary>What is known of a name and a type.</summary>
/// <param name="Records">The records of that type, behind other names of the name; empty when there are none.</param>
/// <param name="Additionals">What the server added.</param>
/// <param name="TimeToLive">For how long it is true: the shortest of the records', or what RFC 2308 says where there are none.</param>
internal sealed record DnsAnswer(ImmutableArray<DnsRecord> Records, ImmutableArray<DnsRecord> Additionals, TimeSpan TimeToLive);
