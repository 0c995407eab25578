using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Numerics;
using System.Text;

namespace SourceGen.Rpc.RoundTrip.Tests;

/// <summary>Dictionaries and sets of every kind of key.</summary>
[Service]
public partial interface IKeys
{
    ValueTask<Dictionary<bool, int>> Booleans();

    ValueTask<Dictionary<byte, int>> Bytes();

    ValueTask<Dictionary<short, int>> Int16s();

    ValueTask<Dictionary<char, int>> Chars();

    ValueTask<Dictionary<int, int>> Int32s();

    ValueTask<Dictionary<uint, int>> UInt32s();

    ValueTask<Dictionary<long, int>> Int64s();

    ValueTask<Dictionary<ulong, int>> UInt64s();

    ValueTask<Dictionary<float, int>> Singles();

    ValueTask<Dictionary<double, int>> Doubles();

    ValueTask<Dictionary<decimal, int>> Decimals();

    ValueTask<Dictionary<string, int>> Strings();

    ValueTask<Dictionary<Guid, int>> Guids();

    ValueTask<Dictionary<DateTime, int>> DateTimes();

    ValueTask<Dictionary<DateTimeOffset, int>> DateTimeOffsets();

    ValueTask<Dictionary<TimeSpan, int>> TimeSpans();

    ValueTask<IDictionary<Level, int>> Levels();

    ValueTask<IReadOnlyDictionary<BigLevel, int>> BigLevels();

    ValueTask<Dictionary<(int X, int Y), int>> Pairs();

    ValueTask<Dictionary<Tuple<string, long>, int>> Tuples();

    ValueTask<Dictionary<KeyValuePair<string, int>, int>> KeyValuePairs();

    ValueTask<Dictionary<Place, int>> Places();

    ValueTask<Dictionary<Crowded, int>> Crowds();

    ValueTask<Dictionary<Ticket, int>> Tickets();

    ValueTask<Dictionary<byte[], int>> Blobs();

    ValueTask<HashSet<long>> Set();

    ValueTask<ISet<Crowded>> CrowdedSet();

    ValueTask<HashSet<int?>> NullableSet();

    ValueTask<Dictionary<Half, int>> Halves();

    ValueTask<Dictionary<Int128, int>> Int128s();

    ValueTask<Dictionary<UInt128, int>> UInt128s();

    ValueTask<Dictionary<BigInteger, int>> BigIntegers();

    ValueTask<Dictionary<DateOnly, int>> Dates();

    ValueTask<Dictionary<TimeOnly, int>> Times();

    ValueTask<Dictionary<Rune, int>> Runes();

    ValueTask<Dictionary<Index, int>> Indexes();

    ValueTask<Dictionary<Range, int>> Ranges();

    ValueTask<Dictionary<Complex, int>> Complexes();

    ValueTask<Dictionary<Uri, int>> Uris();

    ValueTask<Dictionary<Version, int>> Versions();

    ValueTask<ImmutableHashSet<long>> ImmutableSet();

    ValueTask<IImmutableSet<Crowded>> CrowdedImmutableSet();

    ValueTask<FrozenSet<long>> FrozenSet();

    ValueTask<FrozenSet<Crowded>> CrowdedFrozenSet();

    ValueTask<ImmutableDictionary<long, int>> ImmutableMap();

    ValueTask<IImmutableDictionary<Crowded, int>> CrowdedImmutableMap();

    ValueTask<FrozenDictionary<long, int>> FrozenMap();

    ValueTask<FrozenDictionary<Crowded, int>> CrowdedFrozenMap();

    ValueTask<ConcurrentDictionary<long, int>> ConcurrentMap();

    ValueTask<ConcurrentDictionary<Crowded, int>> CrowdedConcurrentMap();

    ValueTask<OrderedDictionary<long, int>> OrderedMap();

    ValueTask<OrderedDictionary<Crowded, int>> CrowdedOrderedMap();

    ValueTask<ReadOnlyDictionary<Crowded, int>> CrowdedReadOnlyMap();

    ValueTask<ILookup<Crowded, int>> CrowdedLookup();

    ValueTask<ILookup<long, int>> Lookup();
}

public enum Level
{
    Low,
}

public enum BigLevel : ulong
{
    Low,
}

public sealed record Place(string Country, int Number);

/// <summary>A key whose hash code its sender chooses, and which counts how often it is compared on this thread.</summary>
public readonly struct Crowded(int hash, int id) : IEquatable<Crowded>
{
    [ThreadStatic]
    private static int _comparisons;

    public int Hash { get; } = hash;

    public int Id { get; } = id;

    public static int TakeComparisons() => Interlocked.Exchange(ref _comparisons, 0);

    public bool Equals(Crowded other)
    {
        _comparisons++;
        return Hash == other.Hash && Id == other.Id;
    }

    public override bool Equals(object? obj) => obj is Crowded other && Equals(other);

    public override int GetHashCode() => Hash;
}

/// <summary>Two are never equal.</summary>
public sealed class Ticket
{
    public int Number { get; set; }
}
