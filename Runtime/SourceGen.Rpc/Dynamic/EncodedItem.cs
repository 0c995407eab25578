namespace SourceGen.Rpc.Dynamic;

/// <summary>An item of a stream that is sent, as MessagePack already.</summary>
/// <param name="MessagePack">One value.</param>
internal readonly record struct EncodedItem(ReadOnlyMemory<byte> MessagePack);
