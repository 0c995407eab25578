using System.Buffers;
using System.Text;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Tests.Wire;

public sealed class PreambleTests
{
    [Fact]
    public void EveryBeginningOfThePreamble_IsRightSoFar()
    {
        for (int length = 0; length <= Preamble.Size; length++) Assert.Null(Check(Preamble.Bytes[..length].ToArray()));
        Assert.Null(Check([.. Preamble.Bytes, 1, 2, 3]));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1")]
    [InlineData("POST / HTTP/1.1")]
    [InlineData("PRI * HTTP/2.0")]
    [InlineData("HTTP/1.1 200 OK")]
    public void Http_IsWaitedForUntilItIsCertain(string text)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        for (int length = 1; length < 4; length++) Assert.Null(Check(bytes[..length]));
        for (int length = 4; length <= bytes.Length; length++) Assert.Equal("HTTP", Check(bytes[..length]));
        Assert.True(Preamble.IsHttp(bytes));
    }

    [Theory]
    [InlineData("GX")]
    [InlineData("X")]
    [InlineData("SGRX")]
    public void WhatCanBecomeNeither_IsRefusedAtOnce(string text) =>
        Assert.StartsWith("something else than SourceGen.Rpc", Check(Encoding.ASCII.GetBytes(text)), StringComparison.Ordinal);

    [Fact]
    public void BytesInPieces_AreTheSame()
    {
        Piece first = new([(byte)'S'], 0);
        Piece last = first.Append([(byte)'G']).Append([(byte)'Q']);
        Assert.StartsWith("something else", Preamble.Check(new ReadOnlySequence<byte>(first, 0, last, 1)), StringComparison.Ordinal);
    }

    private static string? Check(byte[] bytes) => Preamble.Check(new ReadOnlySequence<byte>(bytes));

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(byte[] bytes, long index)
        {
            Memory = bytes;
            RunningIndex = index;
        }

        public Piece Append(byte[] bytes)
        {
            Piece next = new(bytes, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
