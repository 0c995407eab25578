using System.Buffers;

namespace SourceGen.Rpc.Wire;

/// <summary>Stands for the result of a method that has none; its payload is empty in every codec.</summary>
internal readonly struct NoResponse
{
    /// <summary>Writes nothing and reads nothing.</summary>
    public sealed class Serializer : ISerializer<NoResponse>
    {
        public static Serializer Instance { get; } = new();

        public void Serialize(IBufferWriter<byte> writer, in NoResponse value)
        {
        }

        /// <summary>Ignores the payload: nobody reads the result that a newer peer may send.</summary>
        public NoResponse Deserialize(in ReadOnlySequence<byte> data) => default;
    }
}
