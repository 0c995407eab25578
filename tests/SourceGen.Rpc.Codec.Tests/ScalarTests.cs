using System.Buffers;
using System.Globalization;
using SourceGen.Rpc.Codec.Tests.Support;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.MessagePack;

namespace SourceGen.Rpc.Codec.Tests;

/// <summary>Each scalar at the boundaries of its formats: the bytes written, and the value read from them.</summary>
public sealed class ScalarTests
{
    [Theory]
    [InlineData(0, "00")]
    [InlineData(127, "7f")]
    [InlineData(128, "cc80")]
    [InlineData(255, "ccff")]
    [InlineData(256, "cd0100")]
    [InlineData(65535, "cdffff")]
    [InlineData(65536, "ce00010000")]
    [InlineData(4294967295, "ceffffffff")]
    [InlineData(4294967296, "cf0000000100000000")]
    [InlineData(long.MaxValue, "cf7fffffffffffffff")]
    [InlineData(-1, "ff")]
    [InlineData(-32, "e0")]
    [InlineData(-33, "d0df")]
    [InlineData(-128, "d080")]
    [InlineData(-129, "d1ff7f")]
    [InlineData(-32768, "d18000")]
    [InlineData(-32769, "d2ffff7fff")]
    [InlineData(int.MinValue, "d280000000")]
    [InlineData(-2147483649, "d3ffffffff7fffffff")]
    [InlineData(long.MinValue, "d38000000000000000")]
    public void Integer_TakesTheSmallestFormat_WhateverItsType(long value, string hex)
    {
        RoundTrips(Shapes.Int64, value, hex);
        RoundTrips(Shapes.TimeSpan, new TimeSpan(value), hex);
        if (value is >= int.MinValue and <= int.MaxValue) RoundTrips(Shapes.Int32, (int)value, hex);
        if (value is >= short.MinValue and <= short.MaxValue) RoundTrips(Shapes.Int16, (short)value, hex);
        if (value is >= sbyte.MinValue and <= sbyte.MaxValue) RoundTrips(Shapes.SByte, (sbyte)value, hex);
        if (value >= 0) RoundTrips(Shapes.UInt64, (ulong)value, hex);
        if (value is >= 0 and <= uint.MaxValue) RoundTrips(Shapes.UInt32, (uint)value, hex);
        if (value is >= 0 and <= ushort.MaxValue) RoundTrips(Shapes.UInt16, (ushort)value, hex);
        if (value is >= 0 and <= char.MaxValue) RoundTrips(Shapes.Char, (char)value, hex);
        if (value is >= 0 and <= byte.MaxValue) RoundTrips(Shapes.Byte, (byte)value, hex);
    }

    [Theory]
    [InlineData("05")]
    [InlineData("cc05")]
    [InlineData("cd0005")]
    [InlineData("ce00000005")]
    [InlineData("cf0000000000000005")]
    [InlineData("d005")]
    [InlineData("d10005")]
    [InlineData("d200000005")]
    [InlineData("d30000000000000005")]
    public void Integer_InAnyFormat_IsReadAsAnyType(string hex)
    {
        Assert.Equal(5, WireBytes.Read(hex, (ref r) => r.ReadSByte()));
        Assert.Equal(5, WireBytes.Read(hex, (ref r) => r.ReadByte()));
        Assert.Equal(5, WireBytes.Read(hex, (ref r) => r.ReadInt16()));
        Assert.Equal(5, WireBytes.Read(hex, (ref r) => r.ReadUInt16()));
        Assert.Equal(5, WireBytes.Read(hex, (ref r) => r.ReadInt32()));
        Assert.Equal(5u, WireBytes.Read(hex, (ref r) => r.ReadUInt32()));
        Assert.Equal(5, WireBytes.Read(hex, (ref r) => r.ReadInt64()));
        Assert.Equal(5u, WireBytes.Read(hex, (ref r) => r.ReadUInt64()));
        Assert.Equal((char)5, WireBytes.Read(hex, (ref r) => r.ReadChar()));
        Assert.Equal(5f, WireBytes.Read(hex, (ref r) => r.ReadSingle()));
        Assert.Equal(5d, WireBytes.Read(hex, (ref r) => r.ReadDouble()));
        Assert.Equal(new TimeSpan(5), WireBytes.Read(hex, (ref r) => r.ReadTimeSpan()));
    }

    [Theory]
    [InlineData("cc80", "ReadSByte")]
    [InlineData("d0df", "ReadByte")]
    [InlineData("cd0100", "ReadByte")]
    [InlineData("ff", "ReadByte")]
    [InlineData("cd8000", "ReadInt16")]
    [InlineData("ff", "ReadUInt16")]
    [InlineData("ce00010000", "ReadUInt16")]
    [InlineData("ce00010000", "ReadChar")]
    [InlineData("ce80000000", "ReadInt32")]
    [InlineData("d3ffffffff7fffffff", "ReadInt32")]
    [InlineData("ff", "ReadUInt32")]
    [InlineData("cf0000000100000000", "ReadUInt32")]
    [InlineData("cf8000000000000000", "ReadInt64")]
    [InlineData("ff", "ReadUInt64")]
    [InlineData("d38000000000000000", "ReadUInt64")]
    [InlineData("cf8000000000000000", "ReadTimeSpan")]
    public void Integer_OutOfRange_IsAnErrorThatNamesTheValue(string hex, string method)
    {
        string message = WireBytes.ReadError(hex, (ref r) => method switch
        {
            "ReadSByte" => r.ReadSByte(),
            "ReadByte" => r.ReadByte(),
            "ReadInt16" => r.ReadInt16(),
            "ReadUInt16" => r.ReadUInt16(),
            "ReadChar" => r.ReadChar(),
            "ReadInt32" => r.ReadInt32(),
            "ReadUInt32" => r.ReadUInt32(),
            "ReadInt64" => r.ReadInt64(),
            "ReadUInt64" => (long)r.ReadUInt64(),
            _ => r.ReadTimeSpan().Ticks,
        });
        Assert.Contains("which does not fit", message, StringComparison.Ordinal);
        string value = hex.StartsWith("cf", StringComparison.Ordinal)
            ? Convert.ToUInt64(hex[2..], 16).ToString(CultureInfo.InvariantCulture)
            : WireBytes.Read(hex, (ref r) => r.ReadInt64()).ToString(CultureInfo.InvariantCulture);
        Assert.Contains($"found {value} (", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0f, "ca00000000")]
    [InlineData(-0f, "ca80000000")]
    [InlineData(float.NaN, "caffc00000")]
    [InlineData(float.NegativeInfinity, "caff800000")]
    [InlineData(float.Epsilon, "ca00000001")]
    public void Single_KeepsEveryBit(float value, string hex)
    {
        Assert.Equal(hex, WireBytes.Hex(WireBytes.Encode(Shapes.Single, value)));
        Assert.Equal(
            BitConverter.SingleToUInt32Bits(value), BitConverter.SingleToUInt32Bits(WireBytes.Decode(Shapes.Single, WireBytes.Hex(hex))));
    }

    [Theory]
    [InlineData(1d, "cb3ff0000000000000")]
    [InlineData(-0d, "cb8000000000000000")]
    [InlineData(double.NaN, "cbfff8000000000000")]
    [InlineData(double.MaxValue, "cb7fefffffffffffff")]
    public void Double_KeepsEveryBit(double value, string hex)
    {
        Assert.Equal(hex, WireBytes.Hex(WireBytes.Encode(Shapes.Double, value)));
        Assert.Equal(
            BitConverter.DoubleToUInt64Bits(value), BitConverter.DoubleToUInt64Bits(WireBytes.Decode(Shapes.Double, WireBytes.Hex(hex))));
    }

    [Fact]
    public void Float_IsReadFromTheOtherWidthAndFromIntegers()
    {
        Assert.Equal(1.5f, WireBytes.Read("cb3ff8000000000000", (ref r) => r.ReadSingle()));
        Assert.Equal(1.5d, WireBytes.Read("ca3fc00000", (ref r) => r.ReadDouble()));
        Assert.Equal(-1d, WireBytes.Read("ff", (ref r) => r.ReadDouble()));
        Assert.Equal(18446744073709551615f, WireBytes.Read("cfffffffffffffffff", (ref r) => r.ReadSingle()));
        Assert.Equal(18446744073709551615d, WireBytes.Read("cfffffffffffffffff", (ref r) => r.ReadDouble()));
    }

    [Theory]
    [InlineData(0, "a0")]
    [InlineData(31, "bf")]
    [InlineData(32, "d920")]
    [InlineData(255, "d9ff")]
    [InlineData(256, "da0100")]
    [InlineData(1024, "da0400")]
    [InlineData(1025, "da0401")]
    [InlineData(65535, "daffff")]
    [InlineData(65536, "db00010000")]
    public void String_TakesTheSmallestHeader(int length, string header)
    {
        string text = new('a', length);
        byte[] encoded = WireBytes.Encode(Shapes.String, text);
        Assert.Equal(header, WireBytes.Hex(encoded)[..header.Length]);
        Assert.Equal((header.Length / 2) + length, encoded.Length);
        Assert.Equal(text, WireBytes.Decode(Shapes.String, encoded));
        Assert.Equal(text, WireBytes.Decode(Shapes.String, Segments.ByteByByte(encoded)));
        Assert.Equal(encoded, WireBytes.Write((ref w) => w.WriteString(System.Text.Encoding.UTF8.GetBytes(text))));
    }

    [Theory]
    [InlineData("a", 0xd800, "b", "a561efbfbd62")]
    [InlineData("", 0xdc00, "", "a3efbfbd")]
    [InlineData("", 0xd83d, "", "a3efbfbd")]
    public void String_LoneSurrogate_IsReplaced(string before, int surrogate, string after, string hex)
    {
        // Put together here, because an attribute cannot hold such a string.
        string text = $"{before}{(char)surrogate}{after}";
        Assert.Equal(hex, WireBytes.Hex(WireBytes.Encode(Shapes.String, text)));
        string longText = new string('x', 5000) + text;
        Assert.Equal(
            new string('x', 5000) + before + '\ufffd' + after, WireBytes.Decode(Shapes.String, WireBytes.Encode(Shapes.String, longText)));
    }

    [Theory]
    [InlineData("a1ff", 0xff, 1)]
    [InlineData("a2c3 28", 0xc3, 1)]
    [InlineData("a3 61 e2 82", 0xe2, 2)]
    [InlineData("a3 ed a0 80", 0xed, 1)]
    [InlineData("a4 f8 88 80 80", 0xf8, 1)]
    [InlineData("a2 c0 80", 0xc0, 1)]
    public void String_NotUtf8_IsAnErrorThatNamesTheByte(string hex, int wrong, int offset)
    {
        string expected = $"byte 0x{wrong:x2} at offset {offset} is not valid UTF-8";
        Assert.Contains(expected, WireBytes.ReadError(hex, (ref r) => r.ReadString()), StringComparison.Ordinal);
        byte[] longText = [0xda, 0x03, 0xe8, .. Enumerable.Repeat((byte)'a', 1000 - (WireBytes.Hex(hex).Length - 1)), .. WireBytes.Hex(hex)[1..]];
        Assert.Contains(
            "is not valid UTF-8", WireBytes.ReadError(WireBytes.Hex(longText), (ref r) => r.ReadString()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", "a130")]
    [InlineData("1.50", "a4312e3530")]
    [InlineData("-79228162514264337593543950335", null)]
    [InlineData("-7.9228162514264337593543950335", null)]
    [InlineData("-0.0000000000000000000000000001", null)]
    public void Decimal_IsItsInvariantText_WithItsScale(string text, string? hex)
    {
        decimal value = decimal.Parse(text, CultureInfo.InvariantCulture);
        byte[] encoded = WireBytes.Encode(Shapes.Decimal, value);
        Assert.Equal(hex ?? WireBytes.Hex(WireBytes.Encode(Shapes.String, text)), WireBytes.Hex(encoded));
        Assert.Equal(text, WireBytes.Decode(Shapes.Decimal, encoded).ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Decimal_NegativeZero_LosesItsSign() =>
        Assert.Equal("a3302e30", WireBytes.Hex(WireBytes.Encode(Shapes.Decimal, new decimal(0, 0, 0, isNegative: true, scale: 1))));

    [Theory]
    [InlineData("abc")]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("1,5")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("0x10")]
    [InlineData("NaN")]
    [InlineData("79228162514264337593543950336")]
    [InlineData("1e40")]
    public void Decimal_OtherText_IsAnError(string text)
    {
        byte[] encoded = WireBytes.Encode(Shapes.String, text);
        Assert.Contains(
            "not a decimal number", WireBytes.ReadError(WireBytes.Hex(encoded), (ref r) => r.ReadDecimal()), StringComparison.Ordinal);
    }

    [Fact]
    public void Decimal_MoreDigitsThanItHas_AreRounded()
    {
        byte[] encoded = WireBytes.Encode(Shapes.String, "0." + new string('3', 100));
        Assert.Equal(0.3333333333333333333333333333m, WireBytes.Decode(Shapes.Decimal, encoded));
        Assert.Equal(1.5e3m, WireBytes.Decode(Shapes.Decimal, WireBytes.Encode(Shapes.String, "1.5e3")));
        byte[] tooLong = WireBytes.Encode(Shapes.String, "0." + new string('3', 127));
        Assert.Contains(
            "129 bytes, more than the limit of 128",
            WireBytes.ReadError(WireBytes.Hex(tooLong), (ref r) => r.ReadDecimal()),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("00112233445566778899aabbccddeeff")]
    [InlineData("{00112233-4455-6677-8899-aabbccddeeff}")]
    [InlineData("00112233-4455-6677-8899-aabbccddeef")]
    [InlineData("00112233-4455-6677-8899-aabbccddeeffa")]
    [InlineData("00112233-4455-6677-8899-aabbccddeefg")]
    [InlineData("")]
    public void Guid_OtherText_IsAnError(string text)
    {
        byte[] encoded = WireBytes.Encode(Shapes.String, text);
        Assert.Contains(
            "not a GUID in the form", WireBytes.ReadError(WireBytes.Hex(encoded), (ref r) => r.ReadGuid()), StringComparison.Ordinal);
    }

    [Fact]
    public void Guid_UpperCase_IsRead() => Assert.Equal(
        new Guid("00112233-4455-6677-8899-aabbccddeeff"),
        WireBytes.Decode(Shapes.Guid, WireBytes.Encode(Shapes.String, "00112233-4455-6677-8899-AABBCCDDEEFF")));

    [Fact]
    public void Bytes_NullAndEmptyDiffer_MemoryIsNeverNil()
    {
        RoundTrips(Shapes.Bytes, null, "c0");
        RoundTrips(Shapes.Bytes, [], "c400");
        Assert.Equal("c400", WireBytes.Hex(WireBytes.Encode(Shapes.Memory, default)));
        Assert.True(WireBytes.Decode(Shapes.Memory, WireBytes.Hex("c0")).IsEmpty);
        Assert.True(WireBytes.Decode(Shapes.Memory, WireBytes.Hex("c400")).IsEmpty);
    }

    [Theory]
    [InlineData(255, "c4ff")]
    [InlineData(256, "c50100")]
    [InlineData(65535, "c5ffff")]
    [InlineData(65536, "c600010000")]
    public void Bytes_TakeTheSmallestHeader(int length, string header)
    {
        byte[] value = [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7))];
        RoundTrips(Shapes.Bytes, value, header + WireBytes.Hex(value));
        Assert.Equal(header + WireBytes.Hex(value), WireBytes.Hex(WireBytes.Write((ref w) => w.Write(value.AsMemory()))));
        Assert.Equal(value, WireBytes.Decode(Shapes.Memory, Segments.ByteByByte(WireBytes.Encode(Shapes.Bytes, value))).ToArray());
    }

    [Theory]
    [InlineData(0, "90", "80")]
    [InlineData(15, "9f", "8f")]
    [InlineData(16, "dc0010", "de0010")]
    [InlineData(65535, "dcffff", "deffff")]
    [InlineData(65536, "dd00010000", "df00010000")]
    public void Headers_TakeTheSmallestFormat(int count, string array, string map)
    {
        Assert.Equal(array, WireBytes.Hex(WireBytes.Write((ref w) => w.WriteArrayHeader(count))));
        Assert.Equal(map, WireBytes.Hex(WireBytes.Write((ref w) => w.WriteMapHeader(count))));
        byte[] content = [.. Enumerable.Repeat((byte)0, 2 * count)];
        Assert.Equal(count, FirstHeader(array, content[..count], (ref r) => r.ReadArrayHeader()));
        Assert.Equal(count, FirstHeader(map, content, (ref r) => r.ReadMapHeader()));

        static int FirstHeader(string header, byte[] content, ReadSteps<int> read)
        {
            MessagePackReader reader = new(new ReadOnlySequence<byte>([.. WireBytes.Hex(header), .. content]));
            int count = read(ref reader);
            Assert.Equal(header.Length / 2, reader.Consumed);
            return count;
        }
    }

    private static void RoundTrips<T>(TypeShape<T> shape, T value, string hex)
    {
        byte[] encoded = WireBytes.Encode(shape, value);
        Assert.Equal(hex, WireBytes.Hex(encoded));
        Assert.Equal(value, WireBytes.Decode(shape, encoded));
        Assert.Equal(value, WireBytes.Decode(shape, Segments.ByteByByte(encoded)));
    }
}
