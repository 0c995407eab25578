using System.Buffers;
using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.Codec.Tests.Support;

/// <summary>A value with its serializer, for tests that treat all types alike.</summary>
internal abstract class Sample(string name)
{
    public static IReadOnlyList<Sample> All { get; } =
    [
        new Sample<bool>("bool", Shapes.Bool, true),
        new Sample<byte>("byte", Shapes.Byte, 200),
        new Sample<sbyte>("sbyte", Shapes.SByte, -100),
        new Sample<short>("short", Shapes.Int16, -30000),
        new Sample<ushort>("ushort", Shapes.UInt16, 60000),
        new Sample<int>("int", Shapes.Int32, -2000000000),
        new Sample<uint>("uint", Shapes.UInt32, 4000000000),
        new Sample<long>("long", Shapes.Int64, long.MinValue),
        new Sample<ulong>("ulong", Shapes.UInt64, ulong.MaxValue),
        new Sample<int>("fixint", Shapes.Int32, -32),
        new Sample<float>("float", Shapes.Single, 1.5f),
        new Sample<double>("double", Shapes.Double, Math.PI),
        new Sample<char>("char", Shapes.Char, '世'),
        new Sample<string?>("fixstr", Shapes.String, "größe 日本 😀"),
        new Sample<string?>("str 8", Shapes.String, new string('é', 60)),
        new Sample<string?>("str 16", Shapes.String, new string('世', 200)),
        new Sample<string?>("null", Shapes.String, null),
        new Sample<decimal>("decimal", Shapes.Decimal, -12345.6789m),
        new Sample<Guid>("Guid", Shapes.Guid, new Guid("00112233-4455-6677-8899-aabbccddeeff")),
        new Sample<DateTime>("timestamp 32", Shapes.DateTime, new DateTime(2024, 2, 29, 12, 34, 56, DateTimeKind.Utc)),
        new Sample<DateTime>("timestamp 64", Shapes.DateTime, new DateTime(638448356961234567, DateTimeKind.Utc)),
        new Sample<DateTime>("timestamp 96", Shapes.DateTime, new DateTime(638, DateTimeKind.Utc)),
        new Sample<DateTimeOffset>("DateTimeOffset", Shapes.DateTimeOffset, new(2024, 2, 29, 12, 34, 56, 789, TimeSpan.FromMinutes(-330))),
        new Sample<TimeSpan>("TimeSpan", Shapes.TimeSpan, TimeSpan.FromDays(-1)),
        new Sample<byte[]?>("bin 8", Shapes.Bytes, [1, 2, 3, 4]),
        new Sample<byte[]?>("bin 16", Shapes.Bytes, [.. Enumerable.Repeat((byte)7, 300)]),
        new Sample<ReadOnlyMemory<byte>>("memory", Shapes.Memory, new byte[] { 9, 8 }),
        new Sample<int?[]?>("int?[]", Shapes.Array(Shapes.Nullable(Shapes.Int32)), [1, null, 300]),
        new Sample<List<string?>?>("list", Shapes.List(Shapes.String), ["a", null, "ccc"]),
        new Sample<int[]?>("array 16", Shapes.Array(Shapes.Int32), [.. Enumerable.Range(-20, 60)]),
        new Sample<Dictionary<string, int>?>("map", Shapes.Map(Shapes.Key, Shapes.Int32), new() { ["one"] = 1, ["many"] = 70000 }),
        new Sample<(int, string?)>("tuple", Shapes.Pair(Shapes.Int32, Shapes.String), (5, "five")),
        new Sample<Person?>("object", Person.Shape, new("Ann", 30, [new("Bob", 31, []), new(null, -1, null)])),
    ];

    /// <summary>The samples' names for a theory; the samples themselves cannot be serialized by the test runner.</summary>
    public static TheoryData<string> Names => [.. All.Select(sample => sample.Name)];

    public string Name => name;

    public static Sample Named(string name) => All.Single(sample => sample.Name == name);

    public abstract byte[] Encode();

    /// <summary>Reads a value of the sample's type and writes it again.</summary>
    public abstract byte[] Reencode(in ReadOnlySequence<byte> data);
}

internal sealed class Sample<T>(string name, TypeShape<T> shape, T value) : Sample(name)
{
    public override byte[] Encode() => WireBytes.Encode(shape, value);

    public override byte[] Reencode(in ReadOnlySequence<byte> data) => WireBytes.Encode(shape, WireBytes.Decode(shape, data));
}
