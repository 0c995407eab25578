using System.Buffers;
using System.Collections;
using System.Numerics;
using System.Text;
using SourceGen.Rpc.Codec.Tests.Support;
using SourceGen.Rpc.MessagePack;

namespace SourceGen.Rpc.Codec.Tests;

/// <summary>The scalar types of the class library: their bytes, their bounds, and what is no value of them.</summary>
public sealed class LibraryScalarTests
{
    [Fact]
    public void Integers_of_128_bits_take_16_bytes_with_the_lowest_first()
    {
        Assert.Equal("c41000000000000000000000000000000080", Written((ref w) => w.Write(Int128.MinValue)));
        Assert.Equal("c410ffffffffffffffffffffffffffffff7f", Written((ref w) => w.Write(Int128.MaxValue)));
        Assert.Equal("c410ffffffffffffffffffffffffffffffff", Written((ref w) => w.Write(UInt128.MaxValue)));
        Assert.Equal(Int128.MinValue, WireBytes.Read("c41000000000000000000000000000000080", (ref r) => r.ReadInt128()));

        // Any of the headers of bin.
        Assert.Equal(1, WireBytes.Read("c5001001000000000000000000000000000000", (ref r) => r.ReadInt128()));
        Assert.Equal(
            "Expected binary data of 16 bytes (Int128) at offset 0, but it has 2 bytes.",
            WireBytes.ReadError("c4020102", (ref r) => r.ReadInt128()));
        Assert.Equal(
            "Expected binary data of 16 bytes (UInt128) but found positive fixint (0x05) at offset 0.",
            WireBytes.ReadError("05", (ref r) => r.ReadUInt128()));
        Assert.Equal(
            "Expected binary data of 16 bytes (Int128) but found nil (0xc0) at offset 0.",
            WireBytes.ReadError("c0", (ref r) => r.ReadInt128()));
    }

    [Theory]
    [InlineData("0", "c40100")]
    [InlineData("127", "c4017f")]
    [InlineData("128", "c4028000")]
    [InlineData("-128", "c40180")]
    [InlineData("-129", "c4027fff")]
    [InlineData("18446744073709551616", "c409000000000000000001")]
    public void Integers_of_any_size_take_as_few_bytes_as_hold_their_sign(string number, string hex)
    {
        BigInteger value = BigInteger.Parse(number);
        Assert.Equal(hex, Written((ref w) => w.Write(value)));
        Assert.Equal(value, WireBytes.Read(hex, (ref r) => r.ReadBigInteger()));
    }

    [Fact]
    public void Integers_of_any_size_are_read_with_more_bytes_than_they_need_and_with_none()
    {
        Assert.Equal(5, WireBytes.Read("c40405000000", (ref r) => r.ReadBigInteger()));
        Assert.Equal(-1, WireBytes.Read("c403ffffff", (ref r) => r.ReadBigInteger()));
        Assert.Equal(0, WireBytes.Read("c400", (ref r) => r.ReadBigInteger()));
        Assert.Contains("nil (0xc0)", WireBytes.ReadError("c0", (ref r) => r.ReadBigInteger()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1023)]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(300_000)]
    public void Large_integers_fit_every_buffer(int bytes)
    {
        BigInteger value = BigInteger.One << ((8 * bytes) - 2);
        PieceWriter pieces = new(64);
        MessagePackWriter writer = new(pieces);
        writer.Write(-value);
        writer.Flush();

        Assert.Equal(-value, WireBytes.Read(Segments.SplitAt(pieces.Written, 1, 5, 700), (ref r) => r.ReadBigInteger()));
        Assert.InRange(pieces.LargestHint, 1, 4096);
    }

    [Fact]
    public void Halves_keep_every_bit_and_are_read_from_any_number()
    {
        for (int bits = 0; bits <= ushort.MaxValue; bits++)
        {
            Half value = BitConverter.UInt16BitsToHalf((ushort)bits);
            byte[] written = WireBytes.Write((ref w) => w.Write(value));
            Half read = WireBytes.Read(new ReadOnlySequence<byte>(written), (ref r) => r.ReadHalf());

            // Widening makes every NaN a quiet one.
            Assert.Equal(Half.IsNaN(value) ? bits | 0x0200 : bits, BitConverter.HalfToUInt16Bits(read));
        }

        Assert.Equal((Half)0.5, WireBytes.Read("cb3fe0000000000000", (ref r) => r.ReadHalf()));
        Assert.Equal((Half)(-3), WireBytes.Read("fd", (ref r) => r.ReadHalf()));
        Assert.Equal(Half.PositiveInfinity, WireBytes.Read("cfffffffffffffffff", (ref r) => r.ReadHalf()));
        Assert.Contains("a number (Half)", WireBytes.ReadError("a131", (ref r) => r.ReadHalf()), StringComparison.Ordinal);
    }

    [Fact]
    public void Dates_and_times_of_day_are_integers_within_their_bounds()
    {
        Assert.Equal("ce0037b9da", Written((ref w) => w.Write(DateOnly.MaxValue)));
        Assert.Equal(DateOnly.MaxValue, WireBytes.Read("ce0037b9da", (ref r) => r.ReadDateOnly()));
        Assert.Equal(
            "Expected an integer of days from 0 to 3652058 (DateOnly) but found 3652059 (uint 32 (0xce)) at offset 0, which does not fit.",
            WireBytes.ReadError("ce0037b9db", (ref r) => r.ReadDateOnly()));
        Assert.Contains("found -1", WireBytes.ReadError("ff", (ref r) => r.ReadDateOnly()), StringComparison.Ordinal);

        Assert.Equal(TimeOnly.MaxValue, WireBytes.Read("cf000000c92a69bfff", (ref r) => r.ReadTimeOnly()));
        Assert.Contains(
            "found 864000000000", WireBytes.ReadError("cf000000c92a69c000", (ref r) => r.ReadTimeOnly()), StringComparison.Ordinal);
        Assert.Contains("found -1", WireBytes.ReadError("ff", (ref r) => r.ReadTimeOnly()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://example.com/a?b=c#d", true)]
    [InlineData("http://EXAMPLE.com:80/%7Euser/../x", true)]
    [InlineData("urn:isbn:0451450523", true)]
    [InlineData("file:///etc/hosts", true)]
    [InlineData("/rooted/path?q", false)]
    [InlineData("//host/path", false)]
    [InlineData("relative/größe", false)]
    [InlineData("", false)]
    public void Uris_arrive_as_they_were_written(string text, bool isAbsolute)
    {
        Uri uri = new(text, isAbsolute ? UriKind.Absolute : UriKind.Relative);
        byte[] written = WireBytes.Write((ref w) => w.Write(uri));
        Assert.Equal(text, WireBytes.Read(new ReadOnlySequence<byte>(written), (ref r) => r.ReadString()));

        Uri read = WireBytes.Read(new ReadOnlySequence<byte>(written), (ref r) => r.ReadUri())!;
        Assert.Equal((text, isAbsolute), (read.OriginalString, read.IsAbsoluteUri));
        Assert.Equal(uri, read);
    }

    [Fact]
    public void A_path_that_made_an_absolute_uri_stays_absolute_on_every_machine()
    {
        if (!Uri.TryCreate("/etc/hosts", UriKind.Absolute, out Uri? uri)) return; // Only Unix takes it for a file.
        byte[] written = WireBytes.Write((ref w) => w.Write(uri));
        Assert.Equal("file:///etc/hosts", WireBytes.Read(new ReadOnlySequence<byte>(written), (ref r) => r.ReadString()));
        Assert.Equal(uri, WireBytes.Read(new ReadOnlySequence<byte>(written), (ref r) => r.ReadUri()));
    }

    [Fact]
    public void Text_that_is_no_uri_is_an_error_that_names_its_offset()
    {
        Assert.Equal(
            "Expected a string with a URI or nil (Uri) at offset 0, but the text is not a URI.",
            WireBytes.ReadError("a7687474703a2f2f", (ref r) => r.ReadUri()));
        Assert.Null(WireBytes.Read("c0", (ref r) => r.ReadUri()));
        Assert.Null(WireBytes.Read("c0", (ref r) => r.ReadVersion()));
    }

    [Theory]
    [InlineData("1.2")]
    [InlineData("0.0.0")]
    [InlineData("2147483647.2147483647.2147483647.2147483647")]
    public void Versions_arrive_as_they_were_written(string text)
    {
        byte[] written = WireBytes.Write((ref w) => w.Write(new Version(text)));
        Assert.Equal(text, WireBytes.Read(new ReadOnlySequence<byte>(written), (ref r) => r.ReadString()));
        Assert.Equal(new Version(text), WireBytes.Read(Segments.ByteByByte(written), (ref r) => r.ReadVersion()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1.")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1.-2")]
    [InlineData("1.+2")]
    [InlineData(" 1.2")]
    [InlineData("1.2 ")]
    [InlineData("1.2147483648")]
    [InlineData("1.٢")]
    public void Text_that_is_no_version_is_an_error(string text)
    {
        byte[] written = WireBytes.Write((ref w) => w.Write(text));
        Assert.Equal(
            "Expected a string with a version or nil (Version) at offset 0, but the text is not a version in the form 1.2, 1.2.3 or "
            + "1.2.3.4.",
            WireBytes.ReadError(WireBytes.Hex(written), (ref r) => r.ReadVersion()));
    }

    [Fact]
    public void A_version_of_many_digits_is_refused_before_it_is_looked_at() => Assert.Contains(
        "more than the limit of 128",
        WireBytes.ReadError(WireBytes.Hex(WireBytes.Write((ref w) => w.Write(new string('1', 200)))), (ref r) => r.ReadVersion()),
        StringComparison.Ordinal);

    [Fact]
    public void An_index_from_the_end_is_below_zero()
    {
        (Index Index, string Hex)[] cases =
        [
            (0, "00"), (127, "7f"), (int.MaxValue, "ce7fffffff"), (^0, "ff"), (^31, "e0"), (^int.MaxValue, "d280000000"),
        ];
        foreach ((Index index, string hex) in cases)
        {
            Assert.Equal(hex, Written((ref w) => w.Write(index)));
            Assert.Equal(index, WireBytes.Read(hex, (ref r) => r.ReadIndex()));
        }

        Assert.Contains("does not fit", WireBytes.ReadError("ce80000000", (ref r) => r.ReadIndex()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_range_is_an_array_of_two_indexes()
    {
        Assert.Equal("9201fd", Written((ref w) => w.Write(1..^2)));
        Assert.Equal("9200ff", Written((ref w) => w.Write(Range.All)));
        Assert.Equal(1..^2, WireBytes.Read("9201fd", (ref r) => r.ReadRange()));
        Assert.Equal(
            "Expected an array of two indexes (Range) but found fixarray (0x93) at offset 0.",
            WireBytes.ReadError("93010203", (ref r) => r.ReadRange()));
    }

    [Fact]
    public void Runes_are_scalar_values_and_nothing_else()
    {
        Assert.Equal(new Rune(0x10FFFF), WireBytes.Read("ce0010ffff", (ref r) => r.ReadRune()));
        Assert.Contains("found 1114112", WireBytes.ReadError("ce00110000", (ref r) => r.ReadRune()), StringComparison.Ordinal);
        Assert.Equal(
            "Expected a Unicode scalar value from 0 to 1114111 (Rune) at offset 0, but 55296 is half of a surrogate pair.",
            WireBytes.ReadError("cdd800", (ref r) => r.ReadRune()));
        Assert.Contains("found -1", WireBytes.ReadError("ff", (ref r) => r.ReadRune()), StringComparison.Ordinal);
    }

    [Fact]
    public void Bits_are_booleans_and_as_many_as_the_data_has()
    {
        BitArray bits = new(70_000);
        bits[69_999] = true;
        byte[] written = WireBytes.Write((ref w) => w.Write(bits));
        Assert.Equal(70_005, written.Length);
        Assert.Equal(bits, WireBytes.Read(Segments.SplitAt(written, 3, 9), (ref r) => r.ReadBitArray())!);
        Assert.Contains("a boolean", WireBytes.ReadError("9101", (ref r) => r.ReadBitArray()), StringComparison.Ordinal);
        string tooMany = WireBytes.ReadError("ddffffffffc3", (ref r) => r.ReadBitArray());
        Assert.Contains("claims 4294967295 elements", tooMany, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sequence_is_written_piece_by_piece_and_read_as_one()
    {
        byte[] bytes = [.. Enumerable.Range(0, 70_000).Select(i => (byte)i)];
        ReadOnlySequence<byte> pieces = Segments.SplitAt(bytes, 1, 300, 66_000);
        byte[] expected = WireBytes.Write((ref w) => w.Write(bytes));

        Assert.Equal(expected, WireBytes.Write((ref w) => w.Write(pieces)));
        Assert.Equal(bytes, WireBytes.Read(Segments.SplitAt(expected, 7, 8), (ref r) => r.ReadSequence()).ToArray());
        Assert.True(WireBytes.Read("c0", (ref r) => r.ReadSequence()).IsEmpty);
        Assert.Equal("c400", Written((ref w) => w.Write(default(ReadOnlySequence<byte>))));
    }

    [Fact]
    public void Writing_pieces_allocates_nothing_and_asks_for_small_spans()
    {
        ReadOnlySequence<byte> pieces = Segments.SplitAt(new byte[1 << 20], 1, 1000, 500_000);
        PieceWriter output = new(512);
        MessagePackWriter writer = new(output);
        writer.Write(pieces);
        writer.Flush();
        Assert.Equal((1 << 20) + 5, output.Written.Length);
        Assert.InRange(output.LargestHint, 1, 4096);

        ArrayBufferWriter<byte> room = new((1 << 20) + 64);
        MessagePackWriter again = new(room);
        long before = GC.GetAllocatedBytesForCurrentThread();
        again.Write(pieces);
        again.Flush();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void An_array_segment_knows_nil_from_empty()
    {
        byte[] bytes = [1, 2, 3];
        Assert.Equal("c0", Written((ref w) => w.Write(default(ArraySegment<byte>))));
        Assert.Equal("c400", Written((ref w) => w.Write(new ArraySegment<byte>(bytes, 1, 0))));
        Assert.Null(WireBytes.Read("c0", (ref r) => r.ReadArraySegment()).Array);
        Assert.Empty(WireBytes.Read("c400", (ref r) => r.ReadArraySegment()).Array!);
    }

    /// <summary>Every error names what was expected and where, at every place where the bytes end.</summary>
    [Fact]
    public void C16_Whatever_is_cut_off_is_an_error()
    {
        Check((ref w) => w.Write(Int128.MinValue), (ref r) => r.ReadInt128());
        Check((ref w) => w.Write(UInt128.MaxValue), (ref r) => r.ReadUInt128());
        Check((ref w) => w.Write(BigInteger.Pow(7, 900)), (ref r) => r.ReadBigInteger());
        Check((ref w) => w.Write(Half.Pi), (ref r) => r.ReadHalf());
        Check((ref w) => w.Write(DateOnly.MaxValue), (ref r) => r.ReadDateOnly());
        Check((ref w) => w.Write(TimeOnly.MaxValue), (ref r) => r.ReadTimeOnly());
        Check((ref w) => w.Write(new Uri("https://example.com/" + new string('a', 300))), (ref r) => r.ReadUri());
        Check((ref w) => w.Write(new Version(1, 2, 3, 4)), (ref r) => r.ReadVersion());
        Check((ref w) => w.Write(^70_000), (ref r) => r.ReadIndex());
        Check((ref w) => w.Write(70_000..^70_000), (ref r) => r.ReadRange());
        Check((ref w) => w.Write(new Rune(0x1F600)), (ref r) => r.ReadRune());
        Check((ref w) => w.Write(new BitArray(20)), (ref r) => r.ReadBitArray());
        Check((ref w) => w.Write(new StringBuilder("größe")), (ref r) => r.ReadStringBuilder());
        Check((ref w) => w.Write(new ArraySegment<byte>(new byte[300])), (ref r) => r.ReadArraySegment());
        Check((ref w) => w.Write(new ReadOnlySequence<byte>(new byte[300])), (ref r) => r.ReadSequence());

        static void Check<T>(WriteSteps write, ReadSteps<T> read)
        {
            byte[] whole = WireBytes.Write(write);
            for (int length = 0; length < whole.Length; length++)
            {
                byte[] part = whole[..length];
                foreach (ReadOnlySequence<byte> data in (ReadOnlySequence<byte>[])[new(part), Segments.ByteByByte(part)])
                {
                    RpcSerializationException error = Assert.Throws<RpcSerializationException>(() =>
                    {
                        MessagePackReader reader = new(data);
                        read(ref reader);
                    });
                    Assert.Contains("at offset", error.Message, StringComparison.Ordinal);
                }
            }

            MessagePackReader last = new(Segments.ByteByByte(whole));
            read(ref last);
            Assert.True(last.End);
        }
    }

    private static string Written(WriteSteps steps) => WireBytes.Hex(WireBytes.Write(steps));
}
