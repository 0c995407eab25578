namespace SourceGen.Rpc.Plugins.Aot;

/// <summary>What the server answers.</summary>
/// <param name="Text">The greeting.</param>
/// <param name="ServerProcess">The process that wrote it.</param>
public sealed record Greeting(string Text, int ServerProcess);
