using System.Buffers;

namespace SourceGen.Rpc.CompilerServices;

/// <summary>Writes and reads one declared error in one codec's format.</summary>
public abstract class RpcErrorSerializer
{
    private protected RpcErrorSerializer(RpcErrorType type) => Type = type;

    /// <summary>What it writes and reads.</summary>
    public RpcErrorType Type { get; }

    /// <summary>Writes an exception, or a detail, that <see cref="RpcErrorType.Matches"/>.</summary>
    /// <param name="writer">Where the bytes go.</param>
    /// <param name="error">The exception or the detail. Its getters are user code and may throw.</param>
    public abstract void Serialize(IBufferWriter<byte> writer, object error);

    /// <summary>Reads an exception or a detail.</summary>
    /// <param name="data">The encoded value, from an untrusted peer.</param>
    /// <returns>Null when the data says so, which no honest peer does.</returns>
    public abstract object? Deserialize(in ReadOnlySequence<byte> data);
}
