namespace SourceGen.Rpc.Plugins.Aot.Events;

/// <summary>What an event is about.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Items">What was ordered.</param>
public sealed record NativeOrder(string Id, IReadOnlyList<string> Items);
