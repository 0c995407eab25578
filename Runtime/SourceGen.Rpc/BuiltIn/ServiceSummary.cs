namespace SourceGen.Rpc.BuiltIn;

/// <summary>A service that a server offers.</summary>
/// <param name="Name">Its name on the wire.</param>
/// <param name="Version">Its version label; may be empty.</param>
/// <param name="Fingerprint">Its contract's fingerprint; equal fingerprints mean equal contracts.</param>
/// <param name="Methods">How many methods it has.</param>
public sealed record ServiceSummary(string Name, string Version, ulong Fingerprint, int Methods);
