using System.Buffers;

namespace SourceGen.Rpc;

/// <summary>
/// An output that can send a chain of buffers as they are, with one system call and no copy, instead of through a
/// <see cref="System.IO.Pipelines.PipeWriter"/>.
/// </summary>
public interface IGatheringOutput
{
    /// <summary>Sends all of <paramref name="data"/>. One send at a time; the buffers must not change before it completes.</summary>
    /// <param name="data">The bytes, in order, not empty.</param>
    /// <exception cref="IOException">The connection is closed or broken.</exception>
    ValueTask SendAsync(in ReadOnlySequence<byte> data);
}
