namespace SourceGen.Rpc.Wire.Messages;

/// <summary>One service in a hello.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version label; may be empty.</param>
/// <param name="Fingerprint">Its contract's fingerprint.</param>
/// <param name="MethodCount">How many methods it has.</param>
/// <param name="FirstMethod">The number of its first method; it follows from the services before it and is not sent.</param>
internal sealed record OfferedService(string Name, string Version, ulong Fingerprint, ushort MethodCount, ushort FirstMethod);
