using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.MessagePack;

namespace SourceGen.Rpc.Codec.Tests.Support;

/// <summary>Serializers by hand, in the style of the generated ones, so that the codec is tested without the generator.</summary>
internal static class Shapes
{
    public static TypeShape<bool> Bool { get; } = new((ref w, in v) => w.Write(v), (ref r) => r.ReadBoolean());

    public static TypeShape<byte> Byte { get; } = new((ref w, in v) => w.Write(v), (ref r) => r.ReadByte());

    public static TypeShape<sbyte> SByte { get; } = new((ref w, in v) => w.Write(v), (ref r) => r.ReadSByte());

    public static TypeShape<short> Int16 { get; } = new((ref w, in v) => w.Write(v), (ref r) => r.ReadInt16());

    public static TypeShape<ushort> UInt16 { get; } = new((ref w, in v) => w.Write(v), (ref r) => r.ReadUInt16());

    public static TypeShape<int> Int32 { get; } = new((ref w, in v) => w.Write(v), (ref r) => r.ReadInt32());

    public static TypeShape<uint> UInt32 { get; } = new((ref w, in v) => w.Write(v), (ref r) => r.ReadUInt32());

    public static TypeShape<long> Int64 { get; } = new((ref w, in v) => w.Write(v), (ref r) => r.ReadInt64());

    public static TypeShape<ulong> UInt64 { get; } = new((ref w, in v) => w.Write(v), (ref r) => r.ReadUInt64());

    public static TypeShape<float> Single { get; } = new((ref w, in v) => w.Write(v), (ref r) => r.ReadSingle());

    public static TypeShape<double> Double { get; } = new((ref w, in v) => w.Write(v), (ref r) => r.ReadDouble());

    public static TypeShape<char> Char { get; } = new((ref w, in v) => w.Write(v), (ref r) => r.ReadChar());

    public static TypeShape<string?> String { get; } = new((ref w, in v) => w.Write(v), (ref r) => r.ReadString());

    public static TypeShape<string> Key { get; } = new(
        (ref w, in v) => w.Write(v), (ref r) => r.ReadString() ?? throw new RpcSerializationException("A key is nil."));

    public static TypeShape<decimal> Decimal { get; } = new((ref w, in v) => w.Write(v), (ref r) => r.ReadDecimal());

    public static TypeShape<Guid> Guid { get; } = new((ref w, in v) => w.Write(v), (ref r) => r.ReadGuid());

    public static TypeShape<DateTime> DateTime { get; } = new((ref w, in v) => w.Write(v), (ref r) => r.ReadDateTime());

    public static TypeShape<DateTimeOffset> DateTimeOffset { get; } = new((ref w, in v) => w.Write(v), (ref r) => r.ReadDateTimeOffset());

    public static TypeShape<TimeSpan> TimeSpan { get; } = new((ref w, in v) => w.Write(v), (ref r) => r.ReadTimeSpan());

    public static TypeShape<byte[]?> Bytes { get; } = new((ref w, in v) => w.Write(v), (ref r) => r.ReadBytes());

    public static TypeShape<ReadOnlyMemory<byte>> Memory { get; } = new((ref w, in v) => w.Write(v), (ref r) => r.ReadMemory());

    public static TypeShape<T?> Nullable<T>(TypeShape<T> value)
        where T : struct =>
        new(
            (ref w, in v) =>
            {
                if (v is T some) value.Write(ref w, in some);
                else w.WriteNil();
            },
            (ref r) => r.TryReadNil() ? null : value.Read(ref r));

    public static TypeShape<T[]?> Array<T>(TypeShape<T> element) => new(
        (ref w, in v) =>
        {
            if (v is null)
            {
                w.WriteNil();
                return;
            }

            w.Enter();
            w.WriteArrayHeader(v.Length);
            foreach (T item in v) element.Write(ref w, in item);
            w.Leave();
        },
        (ref r) =>
        {
            if (r.TryReadNil()) return null;
            r.Enter();
            T[] items = new T[r.ReadArrayHeader()];
            for (int i = 0; i < items.Length; i++) items[i] = element.Read(ref r);
            r.Leave();
            return items;
        });

    public static TypeShape<List<T>?> List<T>(TypeShape<T> element)
    {
        TypeShape<T[]?> array = Array(element);
        return new(
            (ref w, in v) =>
            {
                T[]? items = v?.ToArray();
                array.Write(ref w, in items);
            },
            (ref r) => array.Read(ref r) is T[] items ? [.. items] : null);
    }

    public static TypeShape<Dictionary<TKey, TValue>?> Map<TKey, TValue>(TypeShape<TKey> key, TypeShape<TValue> value)
        where TKey : notnull => new(
        (ref w, in v) =>
        {
            if (v is null)
            {
                w.WriteNil();
                return;
            }

            w.Enter();
            w.WriteMapHeader(v.Count);
            foreach ((TKey k, TValue x) in v)
            {
                key.Write(ref w, in k);
                value.Write(ref w, in x);
            }

            w.Leave();
        },
        (ref r) =>
        {
            if (r.TryReadNil()) return null;
            r.Enter();
            int count = r.ReadMapHeader();
            Dictionary<TKey, TValue> map = new(count);
            for (int i = 0; i < count; i++)
            {
                TKey k = key.Read(ref r);
                map[k] = value.Read(ref r);
            }

            r.Leave();
            return map;
        });

    public static TypeShape<(T1 First, T2 Second)> Pair<T1, T2>(TypeShape<T1> first, TypeShape<T2> second) => new(
        (ref w, in v) =>
        {
            w.Enter();
            w.WriteArrayHeader(2);
            first.Write(ref w, in v.First);
            second.Write(ref w, in v.Second);
            w.Leave();
        },
        (ref r) =>
        {
            r.Enter();
            int count = r.ReadArrayHeader();
            if (count != 2) throw new RpcSerializationException($"Expected a tuple of 2 elements but found {count}.");
            T1 one = first.Read(ref r);
            T2 two = second.Read(ref r);
            r.Leave();
            return (one, two);
        });
}
