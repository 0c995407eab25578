using System.Net;

namespace SourceGen.Rpc.Registries.Mdns.Links;

/// <summary>What arrived at a socket.</summary>
/// <param name="Bytes">The message.</param>
/// <param name="From">Who sent it.</param>
/// <param name="To">The group, or an address of this machine.</param>
/// <param name="Interface">The number of the interface that it came to.</param>
internal readonly record struct Datagram(byte[] Bytes, IPEndPoint From, IPAddress To, int Interface);
