using System.Buffers;

namespace SourceGen.Rpc.Codec.Tests.Support;

/// <summary>A buffer writer that gives out no more than it must, so that a writer meets the end of its span everywhere.</summary>
/// <param name="size">How much it gives when less is asked for.</param>
internal sealed class PieceWriter(int size) : IBufferWriter<byte>
{
    private readonly List<byte> _written = [];
    private byte[] _piece = [];

    public int Pieces { get; private set; }

    public int LargestHint { get; private set; }

    public byte[] Written => [.. _written];

    public void Advance(int count)
    {
        if (count < 0 || count > _piece.Length) throw new InvalidOperationException($"Advanced by {count} in a piece of {_piece.Length}.");
        _written.AddRange(_piece.AsSpan(0, count));

        // What was given out before is not to be written any more: a new array shows whoever does.
        _piece = [];
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Pieces++;
        LargestHint = Math.Max(LargestHint, sizeHint);
        return _piece = new byte[Math.Max(size, sizeHint)];
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}
