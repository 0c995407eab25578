using FsCheck;
using SourceGen.Rpc.Codec.Tests.Support;
using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.Codec.Tests;

/// <summary>Any value comes back as it was, in one piece or in many.</summary>
public sealed class PropertyTests
{
    [Fact]
    public void Integers_RoundTrip()
    {
        Check<sbyte>(Shapes.SByte);
        Check<byte>(Shapes.Byte);
        Check<short>(Shapes.Int16);
        Check<ushort>(Shapes.UInt16);
        Check<int>(Shapes.Int32);
        Check<uint>(Shapes.UInt32);
        Check(Shapes.Int64, Arb.Default.DoNotSizeInt64().Generator.Select(x => x.Item));
        Check(Shapes.UInt64, Arb.Default.DoNotSizeUInt64().Generator.Select(x => x.Item));
        Check(Shapes.Int32, Arb.Default.DoNotSizeInt32().Generator.Select(x => x.Item));
    }

    [Fact]
    public void OtherScalars_RoundTrip()
    {
        Check<bool>(Shapes.Bool);
        Check<char>(Shapes.Char);
        Check<double>(Shapes.Double);
        Check<float>(Shapes.Single);
        Check<decimal>(Shapes.Decimal);
        Check<Guid>(Shapes.Guid);
        Check(Shapes.TimeSpan, Arb.Default.DoNotSizeInt64().Generator.Select(x => new TimeSpan(x.Item)));
    }

    [Fact]
    public void Times_RoundTrip()
    {
        Gen<long> ticks = Arb.Default.DoNotSizeInt64().Generator.Select(x => (long)((ulong)x.Item % (ulong)DateTime.MaxValue.Ticks));
        Check(Shapes.DateTime, ticks.Select(t => new DateTime(t, DateTimeKind.Utc)));
        Gen<DateTimeOffset> offsets =
            from t in ticks
            from minutes in Gen.Choose(-840, 840)
            let day = TimeSpan.TicksPerDay
            select new DateTimeOffset(Math.Clamp(t, day, DateTime.MaxValue.Ticks - day), TimeSpan.FromMinutes(minutes));
        Check(Shapes.DateTimeOffset, offsets);
    }

    [Fact]
    public void Strings_RoundTrip_ExceptForLoneSurrogates()
    {
        Gen<string?> text = Arb.Default.String().Generator.Select(
            s => s is null ? null : new string([.. s.Where(c => !char.IsSurrogate(c))]));
        Gen<string?> runes = Gen.Elements("a", "é", "世", "😀", "\0").ListOf().Select(list => (string?)string.Concat(list));
        Check(Shapes.String, text);
        Check(Shapes.String, runes);
        Check(Shapes.String, runes.Select(s => (string?)string.Concat(Enumerable.Repeat(s, 40))));
    }

    [Fact]
    public void Collections_RoundTrip()
    {
        Check<byte[]?>(Shapes.Bytes);
        Check<int[]?>(Shapes.Array(Shapes.Int32));
        Check<int?[]?>(Shapes.Array(Shapes.Nullable(Shapes.Int32)));
        Check<long[][]?>(Shapes.Array(Shapes.Array(Shapes.Int64))!);
        Check(Shapes.Map(Shapes.Int32, Shapes.Bool), Arb.Generate<Dictionary<int, bool>>().Select(map => (Dictionary<int, bool>?)map));
    }

    private static void Check<T>(TypeShape<T> shape) => Check(shape, Arb.Generate<T>());

    private static void Check<T>(TypeShape<T> shape, Gen<T> values) =>
        Prop.ForAll(values.ToArbitrary(), value =>
        {
            byte[] encoded = WireBytes.Encode(shape, value);
            Assert.Equal(value, WireBytes.Decode(shape, encoded));
            Assert.Equal(value, WireBytes.Decode(shape, Segments.ByteByByte(encoded)));
        }).QuickCheckThrowOnFailure();
}
