using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;

namespace SourceGen.Rpc.Registries.ZooKeeper.Client;

/// <summary>
/// Takes frames, which are four bytes of length and that many bytes, from a stream. A length is believed up to a limit, and memory is taken
/// as the bytes arrive.
/// </summary>
internal sealed class FrameReader(Stream stream)
{
    private const int LengthSize = 4;

    private readonly PipeReader _reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 16 * 1024, leaveOpen: true));
    private ReadOnlySequence<byte> _buffer;
    private bool _hasBuffer;

    /// <summary>Waits for a frame. It is valid until the next call.</summary>
    /// <param name="maxLength">The longest that is taken.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The frame; null at the end of the stream.</returns>
    /// <exception cref="ZooKeeperProtocolException">Its length is none, or the stream ends within it.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(int maxLength, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Frames that came together are taken without asking the pipe again.
            if (_hasBuffer && TryTake(maxLength, out ReadOnlyMemory<byte> frame)) return frame;
            long left = _hasBuffer ? _buffer.Length : 0;
            if (_hasBuffer) _reader.AdvanceTo(_buffer.Start, _buffer.End);
            ReadResult result = await _reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            bool hasNothingNew = result.IsCompleted && result.Buffer.Length == left;
            _buffer = result.Buffer;
            _hasBuffer = true;
            if (!hasNothingNew) continue;
            if (TryTake(maxLength, out frame)) return frame;
            if (_buffer.IsEmpty) return null;
            throw new ZooKeeperProtocolException($"the connection ended within a frame, after {_buffer.Length:N0} bytes of it");
        }
    }

    private bool TryTake(int maxLength, out ReadOnlyMemory<byte> frame)
    {
        frame = default;
        if (_buffer.Length < LengthSize) return false;
        Span<byte> header = stackalloc byte[LengthSize];
        _buffer.Slice(0, LengthSize).CopyTo(header);
        int length = BinaryPrimitives.ReadInt32BigEndian(header);
        if (length < 0 || length > maxLength)
        {
            throw new ZooKeeperProtocolException($"a frame says that it has {length:N0} bytes, where {maxLength:N0} are the most");
        }

        if (_buffer.Length < LengthSize + length) return false;
        ReadOnlySequence<byte> body = _buffer.Slice(LengthSize, length);
        frame = body.IsSingleSegment ? body.First : body.ToArray();
        _buffer = _buffer.Slice(body.End);
        return true;
    }
}
