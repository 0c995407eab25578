namespace SourceGen.Rpc.Registries.ZooKeeper.Client;

/// <summary>How a server answered.</summary>
/// <param name="Error">Whether it did what was asked.</param>
/// <param name="Value">What it answered; nothing with an error.</param>
internal readonly record struct Reply<T>(ErrorCode Error, T? Value);
