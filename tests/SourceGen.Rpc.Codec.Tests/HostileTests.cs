using System.Buffers;
using SourceGen.Rpc.Codec.Tests.Support;
using SourceGen.Rpc.MessagePack;

namespace SourceGen.Rpc.Codec.Tests;

/// <summary>Conformance 16: what a hostile peer sends ends in an error, in bounded time and memory.</summary>
public sealed class HostileTests
{
    private static readonly string[] _oneOfEach =
    [
        "00", "e0", "80", "90", "a0", "c0", "c1", "c2", "c3", "c400", "c50000", "c600000000", "c70000", "c8000000", "c90000000000",
        "ca00000000", "cb0000000000000000", "cc00", "cd0000", "ce00000000", "cf0000000000000000", "d0ff", "d1ffff", "d2ffffffff",
        "d3ffffffffffffffff", "d40000", "d5000000", "d60000000000", "d7000000000000000000", "d80000000000000000000000000000000000",
        "d900", "da0000", "db00000000", "dc0000", "dd00000000", "de0000", "df00000000",
    ];

    [Fact]
    public void C16_EveryReadOfEveryFormat_IsAValueOrAnErrorThatNamesFormatByteAndOffset()
    {
        ReadSteps<object?>[] reads =
        [
            (ref r) => r.ReadBoolean(), (ref r) => r.ReadByte(), (ref r) => r.ReadSByte(), (ref r) => r.ReadInt16(),
            (ref r) => r.ReadUInt16(), (ref r) => r.ReadSingle(),
            (ref r) => r.ReadInt32(), (ref r) => r.ReadUInt32(), (ref r) => r.ReadInt64(), (ref r) => r.ReadUInt64(),
            (ref r) => r.ReadDouble(), (ref r) => r.ReadChar(), (ref r) => r.ReadString(), (ref r) => r.ReadStringSpan().Length,
            (ref r) => r.ReadDecimal(), (ref r) => r.ReadGuid(), (ref r) => r.ReadDateTime(), (ref r) => r.ReadDateTimeOffset(),
            (ref r) => r.ReadTimeSpan(), (ref r) => r.ReadBytes(), (ref r) => r.ReadMemory(), (ref r) => r.ReadArrayHeader(),
            (ref r) => r.ReadMapHeader(),
        ];
        int errors = 0;
        foreach (string hex in _oneOfEach)
        {
            byte[] data = [0x00, .. WireBytes.Hex(hex)];
            foreach (ReadSteps<object?> read in reads)
            {
                try
                {
                    MessagePackReader reader = new(new ReadOnlySequence<byte>(data));
                    reader.ReadInt32();
                    read(ref reader);
                    Assert.True(reader.End);
                }
                catch (RpcSerializationException e)
                {
                    errors++;
                    Assert.Contains("Expected", e.Message, StringComparison.Ordinal);
                    Assert.Contains("at offset 1", e.Message, StringComparison.Ordinal);
                    Assert.True(
                        e.Message.Contains($"(0x{data[1]:x2})", StringComparison.Ordinal)
                            || e.Message.Contains(", but the ", StringComparison.Ordinal),
                        e.Message);
                }
            }
        }

        // The pairs that fit: integers (5 formats as 12 types, 5 negative ones as 7), arrays and maps (3 formats each), strings (4 formats,
        // 2 reads), nil (3 reads), booleans (2 formats), bytes (3 formats, 2 reads), floats (2 formats, 2 reads).
        const int Fitting = 60 + 35 + 6 + 8 + 3 + 2 + 6 + 4;
        Assert.Equal((_oneOfEach.Length * reads.Length) - Fitting, errors);
    }

    [Fact]
    public void C16_NeverUsedByte_IsAnErrorEverywhere()
    {
        Assert.Equal("Expected a value but found never used (0xc1) at offset 0.", WireBytes.ReadError("c1", Skip));
        Assert.Equal("Expected a value but found never used (0xc1) at offset 2.", WireBytes.ReadError("9200c1", Skip));
        Assert.Equal("Expected a boolean but found never used (0xc1) at offset 0.", WireBytes.ReadError("c1", (ref r) => r.ReadBoolean()));
    }

    [Fact]
    public void C16_NothingAtAll_IsAnErrorThatSaysWhereTheDataEnds()
    {
        Assert.Equal("Expected a value at offset 0 but the data ends after 0 bytes.", WireBytes.ReadError("", Skip));
        Assert.Equal(
            "Expected a 32-bit integer (Int32) at offset 0 but the data ends after 3 bytes.",
            WireBytes.ReadError("ce0000", (ref r) => r.ReadInt32()));
        Assert.Equal(
            "Expected an array at offset 0 but the data ends after 0 bytes.", WireBytes.ReadError("", (ref r) => r.ReadArrayHeader()));
    }

    [Theory]
    [InlineData("bf61", 31)]
    [InlineData("d9ff61", 255)]
    [InlineData("daffff61", 65535)]
    [InlineData("dbffffffff61", 4294967295)]
    [InlineData("db7fffffff61", 2147483647)]
    public void C16_StringLengthBeyondTheData_IsRefusedBeforeAnythingIsAllocated(string hex, long claimed)
    {
        string expected = $"claims {claimed} bytes, which the remaining 1 bytes cannot hold";
        Assert.Contains(expected, WireBytes.ReadError(hex, (ref r) => r.ReadString()), StringComparison.Ordinal);
        Assert.Contains(expected, WireBytes.ReadError(hex, (ref r) => r.ReadStringSpan().Length), StringComparison.Ordinal);
        Assert.Contains(expected, WireBytes.ReadError(hex, Skip), StringComparison.Ordinal);
        AssertAllocatesLittle(hex, (ref r) => r.ReadString());
    }

    [Theory]
    [InlineData("c4ff61")]
    [InlineData("c5ffff61")]
    [InlineData("c6ffffffff61")]
    [InlineData("c67fffffff61")]
    public void C16_BinaryLengthBeyondTheData_IsRefusedBeforeAnythingIsAllocated(string hex)
    {
        Assert.Contains(
            "which the remaining 1 bytes cannot hold", WireBytes.ReadError(hex, (ref r) => r.ReadBytes()), StringComparison.Ordinal);
        AssertAllocatesLittle(hex, (ref r) => r.ReadBytes());
    }

    [Theory]
    [InlineData("9f00", "15 elements")]
    [InlineData("dcffff00", "65535 elements")]
    [InlineData("ddffffffff00", "4294967295 elements")]
    [InlineData("dd7fffffff00", "2147483647 elements")]
    public void C16_ArrayCountBeyondTheData_IsRefusedBeforeAnythingIsAllocated(string hex, string claim)
    {
        Assert.Contains(
            $"at offset 0 claims {claim}, which the remaining 1 bytes",
            WireBytes.ReadError(hex, (ref r) => r.ReadArrayHeader()),
            StringComparison.Ordinal);
        Assert.Contains(claim, WireBytes.ReadError(hex, Skip), StringComparison.Ordinal);
        AssertAllocatesLittle(hex, (ref r) => Shapes.Array(Shapes.Guid).Read(ref r));
    }

    [Theory]
    [InlineData("8100", "1 elements")]
    [InlineData("8f00", "15 elements")]
    [InlineData("deffff00", "65535 elements")]
    [InlineData("dfffffffff00", "4294967295 elements")]
    [InlineData("df8000000000", "2147483648 elements")]
    public void C16_MapCountBeyondTheData_IsRefused(string hex, string claim)
    {
        Assert.Contains($"claims {claim}", WireBytes.ReadError(hex, (ref r) => r.ReadMapHeader()), StringComparison.Ordinal);
        Assert.Contains(claim, WireBytes.ReadError(hex, Skip), StringComparison.Ordinal);
    }

    [Fact]
    public void C16_NestedCountsThatLie_CannotMultiply()
    {
        // A hundred nested arrays, each claiming all of the 100,000 bytes that follow: without a limit on the sum of all counts, a
        // reader that trusts each of them would allocate 80 MB for a message of 100 KB.
        byte[] data = new byte[100_500];
        for (int i = 0; i < 100; i++) WireBytes.Hex("dd000186a0").CopyTo(data, i * 5);
        string message = WireBytes.ReadError(WireBytes.Hex(data), (ref r) =>
        {
            r.ReadArrayHeader();
            return r.ReadArrayHeader();
        });
        Assert.Contains("at offset 5 claims 100000 elements", message, StringComparison.Ordinal);
        Assert.Contains("claims 100000 elements", WireBytes.ReadError(WireBytes.Hex(data), Skip), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x91)]
    [InlineData(0x81)]
    public void C16_NestingWithoutEnd_IsRefusedAtTheLimit(byte code)
    {
        byte[] bomb = [.. Enumerable.Repeat(code, 1_000_000)];
        Assert.Contains("more than 128 levels deep", WireBytes.ReadError(WireBytes.Hex(bomb), Skip), StringComparison.Ordinal);
    }

    [Fact]
    public void C16_NestingOfAType_IsRefusedAtTheLimit()
    {
        // Person { Friends: [ Person { Friends: [ ...
        byte[] level = [0x81, .. WireBytes.Encode(Shapes.String, "Friends"), 0x91];
        byte[] bomb = [.. Enumerable.Repeat(level, 100_000).SelectMany(bytes => bytes)];
        Assert.Contains(
            "more than 128 levels deep", WireBytes.ReadError(WireBytes.Hex(bomb), (ref r) => Person.Shape.Read(ref r)), StringComparison.Ordinal);
    }

    [Fact]
    public void Depth_TheLimitItself_IsReadSkippedAndWritten()
    {
        byte[] deepest = [.. Enumerable.Repeat((byte)0x91, 128), 0x00];
        Assert.Equal(0, WireBytes.Read(WireBytes.Hex(deepest), Skip));
        Assert.Equal(0, WireBytes.Read(WireBytes.Hex(deepest), ReadNested));
        Assert.Equal(deepest, WireBytes.Write((ref w) => WriteNested(ref w, 128)));

        byte[] deeper = [0x91, .. deepest];
        Assert.Contains("offset 129 is nested", WireBytes.ReadError(WireBytes.Hex(deeper), Skip), StringComparison.Ordinal);
        Assert.Contains("offset 128 is nested", WireBytes.ReadError(WireBytes.Hex(deeper), ReadNested), StringComparison.Ordinal);
        Assert.Throws<RpcSerializationException>(() => WireBytes.Write((ref w) => WriteNested(ref w, 129)));
    }

    [Fact]
    public void Depth_WhatIsSkippedCountsFromWhereItStands()
    {
        // The member that is skipped stands one level deep, so 127 more fit into it.
        byte[] fits = [.. Enumerable.Repeat((byte)0x91, 127), 0x00];
        Assert.Equal(0, WireBytes.Read(WireBytes.Hex(fits), SkipInside));
        Assert.Contains("more than 128 levels", WireBytes.ReadError(WireBytes.Hex([0x91, .. fits]), SkipInside), StringComparison.Ordinal);

        static int SkipInside(ref MessagePackReader reader)
        {
            reader.Enter();
            reader.Skip();
            reader.Leave();
            return 0;
        }
    }

    [Fact]
    public void Depth_LeaveWithoutEnter_IsAnError()
    {
        Assert.Contains("Leave was called", WireBytes.ReadError("00", (ref r) => Leave(ref r)), StringComparison.Ordinal);
        Assert.Throws<RpcSerializationException>(() => WireBytes.Write((ref w) => w.Leave()));

        static int Leave(ref MessagePackReader reader)
        {
            reader.Leave();
            return 0;
        }
    }

    [Fact]
    public void Skip_WideAndFlat_IsNotDeep()
    {
        byte[] encoded = WireBytes.Encode(Shapes.List(Shapes.Array(Shapes.Int32)), [.. Enumerable.Repeat(new[] { 1, 2 }, 10_000)]);
        Assert.Equal(0, WireBytes.Read(WireBytes.Hex(encoded), Skip));
    }

    [Fact]
    public void Skip_EveryFormat_EndsBehindIt()
    {
        foreach (string hex in _oneOfEach.Where(hex => hex != "c1")) Assert.Equal(0, WireBytes.Read(hex, Skip));
    }

    private static int Skip(ref MessagePackReader reader)
    {
        reader.Skip();
        return 0;
    }

    private static int ReadNested(ref MessagePackReader reader)
    {
        // As generated code does it: enter, then the header; the innermost value is an integer.
        reader.Enter();
        Assert.Equal(1, reader.ReadArrayHeader());
        bool last = !reader.End && IsInteger(reader);
        int value = last ? reader.ReadInt32() : ReadNested(ref reader);
        reader.Leave();
        return value;

        static bool IsInteger(MessagePackReader copy)
        {
            try
            {
                copy.ReadInt32();
                return true;
            }
            catch (RpcSerializationException)
            {
                return false;
            }
        }
    }

    private static void WriteNested(ref MessagePackWriter writer, int depth)
    {
        for (int i = 0; i < depth; i++)
        {
            writer.Enter();
            writer.WriteArrayHeader(1);
        }

        writer.Write(0);
        for (int i = 0; i < depth; i++) writer.Leave();
    }

    private static void AssertAllocatesLittle<T>(string hex, ReadSteps<T> read)
    {
        byte[] data = WireBytes.Hex(hex);
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            MessagePackReader reader = new(new ReadOnlySequence<byte>(data));
            read(ref reader);
            Assert.Fail("The read must fail.");
        }
        catch (RpcSerializationException)
        {
            // Only the error itself.
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20_000);
        }
    }
}
