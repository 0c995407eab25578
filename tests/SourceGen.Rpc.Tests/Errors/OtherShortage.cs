namespace SourceGen.Rpc.Tests.Errors.Other;

/// <summary>Another type of the same simple name, and so another error.</summary>
public record Shortage(int Sku);
