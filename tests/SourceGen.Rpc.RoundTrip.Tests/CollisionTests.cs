using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.MessagePack;

namespace SourceGen.Rpc.RoundTrip.Tests;

/// <summary>
/// Conformance 16: keys that a hostile peer chose so that they collide. Work is counted, as steps along the chains of a hash table's
/// buckets or as comparisons, and each test first shows that its keys would make the default comparer's work quadratic.
/// </summary>
public class CollisionTests
{
    private const int Count = 200_000;
    private const int StepsPerKey = 4;

    [Fact]
    public void C16_Integers_ThatShareABucket()
    {
        int buckets = Read<int>("Int32s", Enumerable.Range(0, Count).ToArray(), (ref w, k) => w.Write(k)).Capacity;

        // As bits of a float, these are finite.
        int perRow = BitConverter.SingleToInt32Bits(float.PositiveInfinity) / buckets;
        int[] keys = [.. Enumerable.Range(0, Count).Select(i => (i / perRow) + (i % perRow * buckets))];

        AssertFewSteps("Int32s", keys, (ref w, k) => w.Write(k), buckets);
        AssertFewSteps("UInt32s", [.. keys.Select(k => (uint)k)], (ref w, k) => w.Write(k), buckets);
        AssertFewSteps("Singles", [.. keys.Select(BitConverter.Int32BitsToSingle)], (ref w, k) => w.Write(k), buckets);
    }

    [Fact]
    public void C16_WideKeys_WhoseFoldedHashesAreEqual()
    {
        long[] keys = [.. Enumerable.Range(1, Count).Select(i => ((long)i << 32) | (uint)i)];

        AssertFewSteps("Int64s", keys, (ref w, k) => w.Write(k));
        AssertFewSteps("UInt64s", [.. keys.Select(k => (ulong)k)], (ref w, k) => w.Write(k));
        AssertFewSteps("TimeSpans", [.. keys.Select(TimeSpan.FromTicks)], (ref w, k) => w.Write(k));
        AssertFewSteps("DateTimes", [.. keys.Select(k => new DateTime(k, DateTimeKind.Utc))], (ref w, k) => w.Write(k));
        AssertFewSteps("DateTimeOffsets", [.. keys.Select(k => new DateTimeOffset(k, TimeSpan.Zero))], (ref w, k) => w.Write(k));
        AssertFewSteps("Doubles", [.. keys.Select(k => BitConverter.Int64BitsToDouble(k))], (ref w, k) => w.Write(k));
        AssertFewSteps("Guids", [.. keys.Select(k => new Guid((int)k, 0, 0, [.. BitConverter.GetBytes((int)k), 0, 0, 0, 0]))],
            (ref w, k) => w.Write(k));
    }

    [Fact]
    public void C16_Elements_OfASet()
    {
        long[] elements = [.. Enumerable.Range(1, Count).Select(i => ((long)i << 32) | (uint)i)];

        HashSet<long> read = Wire.Read<IKeys, HashSet<long>>("Set", Encode(elements, (ref w, k) => w.Write(k), isMap: false));

        Assert.Equal(Count, read.Count);
        AssertFewSteps(elements, read.Comparer, read.Capacity);
    }

    [Fact]
    public void C16_KeysOf128Bits_WhoseFoldedHashesAreEqual()
    {
        UInt128[] keys = [.. Enumerable.Range(1, Count).Select(i => new UInt128(((ulong)i << 32) | (uint)i, 0))];

        AssertFewSteps("UInt128s", keys, (ref w, k) => w.Write(k));
        AssertFewSteps("Int128s", [.. keys.Select(k => (Int128)k)], (ref w, k) => w.Write(k));
    }

    /// <summary>What is made of a dictionary or set goes on with the comparer that it was read with.</summary>
    [Fact]
    public void C16_EveryOtherCollectionThatHashes_HasTheComparerOfItsKeys()
    {
        long[] keys = [.. Enumerable.Range(1, 1000).Select(i => ((long)i << 32) | (uint)i)];
        byte[] map = Encode(keys, (ref w, k) => w.Write(k), isMap: true);
        byte[] set = Encode(keys, (ref w, k) => w.Write(k), isMap: false);

        AssertSeeded(Wire.Read<IKeys, ImmutableHashSet<long>>("ImmutableSet", set), s => s.KeyComparer, s => keys.All(s.Contains));
        AssertSeeded(Wire.Read<IKeys, FrozenSet<long>>("FrozenSet", set), s => s.Comparer, s => keys.All(s.Contains));
        AssertSeeded(
            Wire.Read<IKeys, ImmutableDictionary<long, int>>("ImmutableMap", map), s => s.KeyComparer, s => keys.All(s.ContainsKey));
        AssertSeeded(Wire.Read<IKeys, FrozenDictionary<long, int>>("FrozenMap", map), s => s.Comparer, s => keys.All(s.ContainsKey));
        AssertSeeded(
            Wire.Read<IKeys, ConcurrentDictionary<long, int>>("ConcurrentMap", map), s => s.Comparer, s => keys.All(s.ContainsKey));
        AssertSeeded(Wire.Read<IKeys, OrderedDictionary<long, int>>("OrderedMap", map), s => s.Comparer, s => s.Keys.SequenceEqual(keys));

        static void AssertSeeded<T>(T collection, Func<T, IEqualityComparer<long>> comparer, Func<T, bool> isComplete)
        {
            Assert.IsType<SeededComparer<long>>(comparer(collection));
            Assert.True(isComplete(collection));
        }
    }

    [Fact]
    public void C16_KeysWithOneHashCode_AreRefusedInEveryOtherCollectionThatHashes()
    {
        const int Few = 20_000;
        Crowded[] keys = [.. Enumerable.Range(0, Few).Select(i => new Crowded(7, i))];
        byte[] map = Encode(keys, WriteCrowded, isMap: true);
        byte[] set = Encode(keys, WriteCrowded, isMap: false);
        byte[] lookup = Encode(keys, static (ref w, k) =>
        {
            w.WriteArrayHeader(2);
            WriteCrowded(ref w, k);
            w.WriteArrayHeader(0);
        }, isMap: false);

        AssertRefused(() => Wire.Read<IKeys, IImmutableSet<Crowded>>("CrowdedImmutableSet", set));
        AssertRefused(() => Wire.Read<IKeys, FrozenSet<Crowded>>("CrowdedFrozenSet", set));
        AssertRefused(() => Wire.Read<IKeys, IImmutableDictionary<Crowded, int>>("CrowdedImmutableMap", map));
        AssertRefused(() => Wire.Read<IKeys, FrozenDictionary<Crowded, int>>("CrowdedFrozenMap", map));
        AssertRefused(() => Wire.Read<IKeys, ConcurrentDictionary<Crowded, int>>("CrowdedConcurrentMap", map));
        AssertRefused(() => Wire.Read<IKeys, OrderedDictionary<Crowded, int>>("CrowdedOrderedMap", map));
        AssertRefused(() => Wire.Read<IKeys, ReadOnlyDictionary<Crowded, int>>("CrowdedReadOnlyMap", map));
        AssertRefused(() => Wire.Read<IKeys, ILookup<Crowded, int>>("CrowdedLookup", lookup));

        static void AssertRefused(Func<object> read)
        {
            Crowded.TakeComparisons();
            RpcSerializationException error = Assert.Throws<RpcSerializationException>(read);
            Assert.Contains("collide", error.Message, StringComparison.Ordinal);
            Assert.InRange(Crowded.TakeComparisons(), Few, (64 * Few) + 1);
        }
    }

    [Fact]
    public void KeysWithOneHashCode_ThatAreFewEnough_MakeEveryCollection_AndAreFoundInIt()
    {
        Crowded[] keys = [.. Enumerable.Range(0, 129).Select(i => new Crowded(7, i))];
        byte[] map = Encode(keys, WriteCrowded, isMap: true);
        byte[] set = Encode(keys, WriteCrowded, isMap: false);

        Assert.True(Wire.Read<IKeys, IImmutableSet<Crowded>>("CrowdedImmutableSet", set).IsSupersetOf(keys));
        Assert.True(Wire.Read<IKeys, FrozenSet<Crowded>>("CrowdedFrozenSet", set).IsSupersetOf(keys));
        Assert.Equal(129, Wire.Read<IKeys, FrozenDictionary<Crowded, int>>("CrowdedFrozenMap", map).Count);
        Assert.Equal(129, Wire.Read<IKeys, IImmutableDictionary<Crowded, int>>("CrowdedImmutableMap", map).Count);
        Assert.Equal(129, Wire.Read<IKeys, ConcurrentDictionary<Crowded, int>>("CrowdedConcurrentMap", map).Count);
    }

    [Fact]
    public void C16_KeysWithOneHashCode_AreRefusedAfterALimitedNumberOfComparisons()
    {
        Crowded[] keys = [.. Enumerable.Range(0, Count).Select(i => new Crowded(7, i))];
        Crowded.TakeComparisons();

        RpcSerializationException error = Assert.Throws<RpcSerializationException>(() => Read("Crowds", keys, WriteCrowded));
        Assert.InRange(Crowded.TakeComparisons(), Count, (64 * Count) + 1);
        Assert.Equal(
            "The 200000 keys of 'System.Collections.Generic.Dictionary<SourceGen.Rpc.RoundTrip.Tests.Crowded, int>' collide: reading them "
            + "takes more than 64 comparisons a key, because too many have the same hash code. Either the sender chose them so, or "
            + "'SourceGen.Rpc.RoundTrip.Tests.Crowded' needs a GetHashCode that depends on all of its members.",
            error.Message);

        Assert.Throws<RpcSerializationException>(() =>
            Wire.Read<IKeys, ISet<Crowded>>("CrowdedSet", Encode(keys, WriteCrowded, isMap: false)));
        Assert.InRange(Crowded.TakeComparisons(), Count, (64 * Count) + 1);
    }

    [Fact]
    public void C16_KeysWithDifferentHashCodes_ThatShareABucket()
    {
        int buckets = Read("Crowds", [.. Enumerable.Range(0, Count).Select(i => new Crowded(i, i))], WriteCrowded).Capacity;
        int perRow = int.MaxValue / buckets;

        AssertFewSteps("Crowds", [.. Enumerable.Range(0, Count).Select(i => new Crowded((i / perRow) + (i % perRow * buckets), i))],
            WriteCrowded, buckets);
    }

    [Fact]
    public void C16_Pairs_WhoseHashesAreEqualWhateverTheSeedOfHashCode()
    {
        // HashCode.Combine adds each number times one constant, rotates by 17 and multiplies by another. What the upper 16 bits of the
        // first number contribute is therefore known up to one carry, and the second number can cancel it.
        const uint Prime3 = 3266489917, Prime4 = 668265263;
        (int X, int Y)[] keys =
        [
            .. Enumerable.Range(0, 1 << 16).Select(i => unchecked((
                (int)(((uint)i << 16) * Inverse(Prime3)), -(int)(((uint)i << 1) * Prime4 * Inverse(Prime3))))),
        ];
        Assert.Equal(1 << 16, keys.Distinct(new Unhashed()).Count());
        Assert.True(keys.Select(k => k.GetHashCode()).Distinct().Count() <= 4);

        Assert.Throws<RpcSerializationException>(() => Read("Pairs", keys, static (ref w, k) =>
        {
            w.WriteArrayHeader(2);
            w.Write(k.X);
            w.Write(k.Y);
        }));
    }

    [Fact]
    public void C16_Decimals_WhoseFoldedHashesAreEqual()
    {
        decimal[] keys = [.. Enumerable.Range(0, 2000).Select(i => new decimal((2 * i) + 1, (2 * i) + 1, 0, false, 0))];
        Assert.Single(keys.Select(k => k.GetHashCode()).Distinct());

        Assert.Throws<RpcSerializationException>(() => Read("Decimals", keys, (ref w, k) => w.Write(k)));
    }

    [Fact]
    public void KeysWithOneHashCode_AreReadUpToTheLimit_AndThenBelongToTheirOwner()
    {
        Assert.Equal(128, Read("Crowds", Same(128), WriteCrowded).Count);
        Dictionary<Crowded, int> last = Read("Crowds", Same(129), WriteCrowded);
        Assert.Throws<RpcSerializationException>(() => Read("Crowds", Same(130), WriteCrowded));

        // Its comparer counted up to the limit, and no longer counts.
        Assert.Equal(129, last.Count);
        Assert.False(last.ContainsKey(new Crowded(7, -1)));
        Assert.All(Same(129), key => Assert.True(last.ContainsKey(key)));

        static Crowded[] Same(int count) => [.. Enumerable.Range(0, count).Select(i => new Crowded(7, i))];
    }

    [Fact]
    public void SmallCollections_KeepTheDefaultComparer()
    {
        Assert.Same(EqualityComparer<int>.Default, Read("Int32s", [1, 2], (ref w, k) => w.Write(k)).Comparer);
        Assert.Null(SeededComparer<Guid>.For(128));
        Assert.NotNull(SeededComparer<Guid>.For(129));
    }

    [Fact]
    public void SeededComparer_OfATypeWhoseBitsAreNotItsValue_IsAnError()
    {
        NotSupportedException error = Assert.Throws<NotSupportedException>(() => SeededComparer<decimal>.For(1000));

        Assert.Contains("'System.Decimal'", error.Message, StringComparison.Ordinal);
    }

    private delegate void WriteKey<TKey>(ref MessagePackWriter writer, TKey key);

    private static void WriteCrowded(ref MessagePackWriter writer, Crowded key)
    {
        writer.WriteMapHeader(2);
        writer.Write(nameof(key.Hash));
        writer.Write(key.Hash);
        writer.Write(nameof(key.Id));
        writer.Write(key.Id);
    }

    private static void AssertFewSteps<TKey>(string method, TKey[] keys, WriteKey<TKey> write, int? buckets = null)
        where TKey : notnull
    {
        Dictionary<TKey, int> read = Read(method, keys, write);
        Assert.Equal(keys.Length, read.Count);
        if (buckets is not null) Assert.Equal(buckets, read.Capacity);
        AssertFewSteps(keys, read.Comparer, read.Capacity);
    }

    private static void AssertFewSteps<TKey>(TKey[] keys, IEqualityComparer<TKey> comparer, int buckets)
    {
        Assert.True(Steps(keys, EqualityComparer<TKey>.Default, buckets) > 100L * keys.Length, "These keys do not collide.");
        Assert.InRange(Steps(keys, comparer, buckets), 1, StepsPerKey * (long)keys.Length);
    }

    /// <summary>How many entries of the same bucket the keys meet as they are added, one after the other.</summary>
    private static long Steps<TKey>(TKey[] keys, IEqualityComparer<TKey> comparer, int buckets)
    {
        int[] lengths = new int[buckets];
        return keys.Sum(key => (long)lengths[(uint)comparer.GetHashCode(key!) % (uint)buckets]++);
    }

    private static Dictionary<TKey, int> Read<TKey>(string method, TKey[] keys, WriteKey<TKey> write)
        where TKey : notnull => Wire.Read<IKeys, Dictionary<TKey, int>>(method, Encode(keys, write, isMap: true));

    /// <summary>Written by hand: a dictionary to serialize would have to be filled with these keys first.</summary>
    private static byte[] Encode<TKey>(TKey[] keys, WriteKey<TKey> write, bool isMap)
    {
        ArrayBufferWriter<byte> output = new();
        MessagePackWriter writer = new(output);
        if (isMap) writer.WriteMapHeader(keys.Length);
        else writer.WriteArrayHeader(keys.Length);
        foreach (TKey key in keys)
        {
            write(ref writer, key);
            if (isMap) writer.Write(0);
        }

        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Of an odd number, modulo 2^32; each round doubles the bits that are right.</summary>
    private static uint Inverse(uint odd)
    {
        uint inverse = odd;
        for (int i = 0; i < 5; i++) inverse = unchecked(inverse * (2 - (odd * inverse)));
        return inverse;
    }

    /// <summary>Hashes the pairs of the attack well.</summary>
    private sealed class Unhashed : IEqualityComparer<(int X, int Y)>
    {
        public bool Equals((int X, int Y) x, (int X, int Y) y) => x == y;

        public int GetHashCode((int X, int Y) obj) => obj.X;
    }
}
