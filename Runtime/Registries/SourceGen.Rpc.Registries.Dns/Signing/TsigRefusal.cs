namespace SourceGen.Rpc.Registries.Dns.Signing;

/// <summary>A server does not accept a query's signature.</summary>
/// <param name="Reason">What it says.</param>
/// <param name="IsKeyKnown">Whether it knows the key, which then lacks a right.</param>
/// <param name="IsProven">
/// Whether it signed this. It cannot where it does not know the key (RFC 8945, 5.3.2): then anybody may have sent it, and the answer may
/// still come.
/// </param>
internal sealed record TsigRefusal(string Reason, bool IsKeyKnown, bool IsProven);
