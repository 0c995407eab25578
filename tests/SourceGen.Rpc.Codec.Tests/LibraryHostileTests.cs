using System.Collections.Immutable;
using SourceGen.Rpc.Codec.Tests.Golden;
using SourceGen.Rpc.Codec.Tests.Support;

namespace SourceGen.Rpc.Codec.Tests;

/// <summary>Conformance 16: what a hostile peer sends in the place of a collection, to the serializers that the generator emits.</summary>
public sealed class LibraryHostileTests
{
    private const int Many = 4_000_000;

    private const long Little = 1_000_000;

    public static TheoryData<int> Types => [.. GoldenCase.All
        .Select((c, i) => (Type: c.Key[..c.Key.IndexOf(" = ", StringComparison.Ordinal)], Index: i))
        .DistinctBy(c => c.Type).Select(c => c.Index)];

    [Theory]
    [MemberData(nameof(Types))]
    public void C16_A_count_beyond_the_data_is_refused_and_nothing_is_allocated_for_it(int type)
    {
        foreach (string hex in (string[])
            ["dd7fffffff00", "ddffffffff", "dcffff00", "df7fffffff0000", "deffff0000", "c67fffffff00", "db7fffffff00",
                "92dd7fffffff00", "9300dd7fffffff", "9192dd7fffffff00"])
        {
            AssertRefused(type, WireBytes.Hex(hex));
        }
    }

    /// <summary>The count is honest, as far as the reader can tell, but no element is one: 4096 are reserved at most.</summary>
    [Theory]
    [MemberData(nameof(Types))]
    public void C16_Memory_is_reserved_as_elements_arrive_and_not_before(int type)
    {
        AssertRefused(type, [0xdd, .. BigEndian(Many), .. Nonsense(Many)]);
        AssertRefused(type, [0xdf, .. BigEndian(Many / 2), .. Nonsense(Many)]);

        // An array of two dimensions whose lengths are right.
        AssertRefused(type, [0x93, 0xce, .. BigEndian(Many / 1000), 0xcd, 0x03, 0xe8, 0xdd, .. BigEndian(Many), .. Nonsense(Many)]);
    }

    [Theory]
    [InlineData("93020293010203", "2 x 2, which is no array of the 3 elements")]
    [InlineData("93ff0190", "-1 x 1, which is no array of the 0 elements")]
    [InlineData("93ffff9101", "-1 x -1, which is no array of the 1 elements")]
    [InlineData("93ce7fffffffce7fffffff90", "2147483647 x 2147483647, which is no array of the 0 elements")]
    [InlineData("93ce00010000ce0001000090", "65536 x 65536, which is no array of the 0 elements")]
    [InlineData("93ce7fffffff0090", "2147483647 x 0, which is no array of the 0 elements")]
    [InlineData("92020101", "Expected an array of 3 elements for 'int[,]', found one of 2")]
    [InlineData("9402010101", "Expected an array of 3 elements for 'int[,]', found one of 4")]
    public void C16_Lengths_that_are_none_of_an_array_are_refused(string hex, string reason)
    {
        RpcSerializationException error = Assert.Throws<RpcSerializationException>(
            () => WireBytes.Decode(GoldenShapes.Of<int[,]>(), WireBytes.Hex(hex)));

        Assert.Contains("'int[,]'", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_array_has_the_lengths_it_was_sent_with()
    {
        int[,] array = WireBytes.Decode(GoldenShapes.Of<int[,]>(), WireBytes.Hex("9300ce0100000090"));

        Assert.Equal((0, 16_777_216), (array.GetLength(0), array.GetLength(1)));
    }

    [Fact]
    public void Nil_is_the_default_value_of_a_struct_and_null_of_a_class()
    {
        byte[] nil = [0xc0];
        Assert.True(WireBytes.Decode(GoldenShapes.Of<ImmutableArray<int>>(), nil).IsDefault);
        Assert.Null(WireBytes.Decode(GoldenShapes.Of<ArraySegment<int>>(), nil).Array);
        Assert.True(WireBytes.Decode(GoldenShapes.Of<Memory<int>>(), nil).IsEmpty);
        Assert.True(WireBytes.Decode(GoldenShapes.Of<ReadOnlyMemory<int>>(), nil).IsEmpty);
        Assert.True(WireBytes.Decode(GoldenShapes.Of<System.Buffers.ReadOnlySequence<int>>(), nil).IsEmpty);
        Assert.Null(WireBytes.Decode(GoldenShapes.Of<Stack<int>>(), nil));
        Assert.Null(WireBytes.Decode(GoldenShapes.Of<ILookup<bool, int>>(), nil));
        Assert.Null(WireBytes.Decode(GoldenShapes.Of<int[,]>(), nil));
    }

    [Fact]
    public void Of_groups_with_equal_keys_the_last_one_counts_and_one_without_elements_is_kept()
    {
        ILookup<string?, int> lookup = WireBytes.Decode(
            GoldenShapes.Of<ILookup<string?, int>>(), WireBytes.Hex("94 92a1619101 92c09102 92a16290 92a1619107"));

        Assert.Equal(["a", null, "b"], lookup.Select(group => group.Key));
        Assert.Equal([7], lookup["a"]);
        Assert.Equal([2], lookup[null]);
        Assert.Empty(lookup["b"]);
        Assert.True(lookup.Contains("b"));
        Assert.Empty(lookup["c"]);
        Assert.False(lookup.Contains("c"));
        RpcSerializationException error = Assert.Throws<RpcSerializationException>(
            () => WireBytes.Decode(GoldenShapes.Of<ILookup<string?, int>>(), WireBytes.Hex("91c0")));
        Assert.Contains("A group of a lookup is nil", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_equal_keys_the_last_one_counts_in_every_kind_of_map()
    {
        byte[] twice = WireBytes.Hex("82 01a161 01a162");
        Assert.Equal("b", WireBytes.Decode(GoldenShapes.Of<SortedList<int, string>>(), twice)[1]);
        Assert.Equal("b", WireBytes.Decode(GoldenShapes.Of<ImmutableDictionary<int, string>>(), twice)[1]);
        Assert.Equal("b", WireBytes.Decode(
            GoldenShapes.Of<System.Collections.Concurrent.ConcurrentDictionary<int, string>>(), twice)[1]);
        byte[] text = WireBytes.Hex("82 a16101 a16102");
        Assert.Equal(2, WireBytes.Decode(GoldenShapes.Of<OrderedDictionary<string, int>>(), text)["a"]);
        Assert.Equal(2, WireBytes.Decode(GoldenShapes.Of<ImmutableSortedDictionary<string, int>>(), text)["a"]);
        Assert.Equal(2, WireBytes.Decode(GoldenShapes.Of<System.Collections.Frozen.FrozenDictionary<string, int>>(), text)["a"]);
        Assert.Equal(2, WireBytes.Decode(GoldenShapes.Of<SortedDictionary<string, int>>(), text)["a"]);
        RpcSerializationException error = Assert.Throws<RpcSerializationException>(
            () => WireBytes.Decode(GoldenShapes.Of<SortedDictionary<string, int>>(), WireBytes.Hex("81c001")));
        Assert.Contains("is nil, which a dictionary cannot hold", error.Message, StringComparison.Ordinal);
    }

    private static void AssertRefused(int type, byte[] data)
    {
        GoldenCase @case = GoldenCase.All[type];
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            @case.Reencode(data);
            Assert.Fail($"{@case.Key} reads {WireBytes.Hex(data[..Math.Min(16, data.Length)])}");
        }
        catch (RpcSerializationException e)
        {
            Assert.Null(e.InnerException);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Little);
    }

    private static byte[] BigEndian(int count) => [(byte)(count >> 24), (byte)(count >> 16), (byte)(count >> 8), (byte)count];

    /// <summary>A byte that begins no value.</summary>
    private static byte[] Nonsense(int count)
    {
        byte[] bytes = new byte[count];
        bytes.AsSpan().Fill(0xc1);
        return bytes;
    }
}
