namespace SourceGen.Rpc.Dynamic;

/// <summary>The arguments of a call, as MessagePack already.</summary>
/// <param name="MessagePack">An array of the arguments.</param>
internal readonly record struct EncodedArguments(ReadOnlyMemory<byte> MessagePack);
