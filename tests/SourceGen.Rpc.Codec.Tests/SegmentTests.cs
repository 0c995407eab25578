using System.Buffers;
using SourceGen.Rpc.Codec.Tests.Support;
using SourceGen.Rpc.MessagePack;

namespace SourceGen.Rpc.Codec.Tests;

/// <summary>Bytes arrive in pieces of any size; what is read does not depend on it.</summary>
public sealed class SegmentTests
{
    public static TheoryData<string> Names => Sample.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_SplitAnywhere_SameValue(string name)
    {
        byte[] encoded = Sample.Named(name).Encode();
        for (int i = 0; i <= encoded.Length; i++)
        {
            // The second form has an empty piece in the middle.
            Assert.Equal(encoded, Sample.Named(name).Reencode(Segments.SplitAt(encoded, i)));
            Assert.Equal(encoded, Sample.Named(name).Reencode(Segments.SplitAt(encoded, 0, i, i)));
        }

        Assert.Equal(encoded, Sample.Named(name).Reencode(Segments.ByteByByte(encoded)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Skip_SplitAnywhere_EndsAtTheEnd(string name)
    {
        byte[] encoded = Sample.Named(name).Encode();
        AssertSkips(Segments.ByteByByte(encoded));
        for (int i = 0; i <= encoded.Length; i++) AssertSkips(Segments.SplitAt(encoded, i, i));

        static void AssertSkips(in ReadOnlySequence<byte> data)
        {
            MessagePackReader reader = new(data);
            reader.Skip();
            Assert.True(reader.End);
            Assert.Equal(data.Length, reader.Consumed);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_TruncatedAnywhere_SaysSo(string name)
    {
        byte[] encoded = Sample.Named(name).Encode();
        for (int i = 0; i < encoded.Length; i++)
        {
            byte[] part = encoded[..i];
            Assert.Throws<RpcSerializationException>(() => Sample.Named(name).Reencode(new ReadOnlySequence<byte>(part)));
            Assert.Throws<RpcSerializationException>(() => Sample.Named(name).Reencode(Segments.ByteByByte(part)));
            Assert.Throws<RpcSerializationException>(() => SkipAll(new ReadOnlySequence<byte>(part)));
            Assert.Throws<RpcSerializationException>(() => SkipAll(Segments.ByteByByte(part)));
        }

        static void SkipAll(ReadOnlySequence<byte> data)
        {
            MessagePackReader reader = new(data);
            reader.Skip();
        }
    }

    [Fact]
    public void ReadStringSpan_InTwoPieces_IsWholeAndStaysWhileNothingElseIsRead()
    {
        byte[] encoded = WireBytes.Write((ref w) =>
        {
            w.Write("first-key");
            w.Write("second-key-which-is-longer");
        });
        MessagePackReader reader = new(Segments.SplitAt(encoded, 5, 14));
        Assert.True(reader.ReadStringSpan().SequenceEqual("first-key"u8));
        Assert.True(reader.ReadStringSpan().SequenceEqual("second-key-which-is-longer"u8));
        Assert.True(reader.End);
    }

    [Fact]
    public void TryReadNil_AtTheEndOfAPiece_LooksIntoTheNext()
    {
        MessagePackReader reader = new(Segments.SplitAt([0xc0, 0xc0, 0x01], 1, 1, 2));
        Assert.True(reader.TryReadNil());
        Assert.True(reader.TryReadNil());
        Assert.False(reader.TryReadNil());
        Assert.Equal(2, reader.Consumed);
        Assert.Equal(1, reader.ReadInt32());
        Assert.False(reader.TryReadNil());
        Assert.True(reader.End);
    }
}
