using SourceGen.Rpc.Codec.Tests.Support;

namespace SourceGen.Rpc.Codec.Tests;

public sealed class TimeTests
{
    public static TheoryData<long, string> Instants => new()
    {
        { DateTime.UnixEpoch.Ticks, "d6ff00000000" },
        { DateTime.UnixEpoch.Ticks + 1, "d7ff0000019000000000" },
        { DateTime.UnixEpoch.Ticks - 1, "c70cff3b9ac99cffffffffffffffff" },
        { DateTime.UnixEpoch.AddSeconds(-1).Ticks, "c70cff00000000ffffffffffffffff" },
        { DateTime.UnixEpoch.AddSeconds(uint.MaxValue).Ticks, "d6ffffffffff" },
        { DateTime.UnixEpoch.AddSeconds(1L << 32).Ticks, "d7ff0000000100000000" },
        { DateTime.UnixEpoch.AddSeconds((1L << 34) - 1).Ticks, "d7ff00000003ffffffff" },
        { DateTime.UnixEpoch.AddSeconds(1L << 34).Ticks, "c70cff000000000000000400000000" },
        { 0, "c70cff00000000fffffff1886e0900" },
        { DateTime.MaxValue.Ticks, "c70cff3b9ac99c0000003afff4417f" },
    };

    [Theory]
    [MemberData(nameof(Instants))]
    public void DateTime_TakesTheSmallestTimestamp(long ticks, string hex)
    {
        DateTime value = new(ticks, DateTimeKind.Utc);
        Assert.Equal(hex, WireBytes.Hex(WireBytes.Encode(Shapes.DateTime, value)));
        DateTime read = WireBytes.Decode(Shapes.DateTime, WireBytes.Hex(hex));
        Assert.Equal(value, read);
        Assert.Equal(DateTimeKind.Utc, read.Kind);
    }

    [Fact]
    public void DateTime_OtherKinds_AreTheSameInstantInUtc()
    {
        DateTime utc = new(2024, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        byte[] expected = WireBytes.Encode(Shapes.DateTime, utc);
        Assert.Equal(expected, WireBytes.Encode(Shapes.DateTime, utc.ToLocalTime()));
        Assert.Equal(expected, WireBytes.Encode(Shapes.DateTime, DateTime.SpecifyKind(utc, DateTimeKind.Unspecified)));
    }

    [Theory]
    [InlineData("c704ff00000000", 0)]
    [InlineData("c70 8ff 0000000000000001", 1)]
    [InlineData("c80004ff00000002", 2)]
    [InlineData("c80008ff0000000000000003", 3)]
    [InlineData("c8000cff000000000000000000000004", 4)]
    [InlineData("c900000004ff00000005", 5)]
    [InlineData("c90000000cff000000000000000000000006", 6)]
    public void DateTime_InALongerExtensionHeader_IsRead(string hex, int seconds) =>
        Assert.Equal(DateTime.UnixEpoch.AddSeconds(seconds), WireBytes.Read(hex, (ref r) => r.ReadDateTime()));

    [Fact]
    public void DateTime_FinerThanATick_IsCutOff() =>
        Assert.Equal(DateTime.UnixEpoch, WireBytes.Read("d7ff0000018c00000000", (ref r) => r.ReadDateTime()));

    [Theory]
    [InlineData("d60000000000", "type 0 instead of -1")]
    [InlineData("d67f00000000", "type 127 instead of -1")]
    [InlineData("d4ff00", "1 bytes instead of 4, 8 or 12")]
    [InlineData("d5ff0000", "2 bytes instead of 4, 8 or 12")]
    [InlineData("d8ff00000000000000000000000000000000", "16 bytes instead of 4, 8 or 12")]
    [InlineData("c700ff", "0 bytes instead of 4, 8 or 12")]
    [InlineData("c703ff000000", "3 bytes instead of 4, 8 or 12")]
    [InlineData("d7ffee6b280000000000", "1000000000 nanoseconds")]
    [InlineData("c70cff3b9aca000000000000000000", "1000000000 nanoseconds")]
    [InlineData("c70cffffffffff0000000000000000", "4294967295 nanoseconds")]
    [InlineData("c70cff00000000fffffff1886e08ff", "outside the years 1 to 9999")]
    [InlineData("c70cff000000000000003afff44180", "outside the years 1 to 9999")]
    [InlineData("c70cff000000007fffffffffffffff", "outside the years 1 to 9999")]
    [InlineData("c70cff000000008000000000000000", "outside the years 1 to 9999")]
    [InlineData("c7ffff00", "claims 255 bytes")]
    [InlineData("c9ffffffffff", "claims 4294967295 bytes")]
    [InlineData("01", "found positive fixint (0x01)")]
    [InlineData("a0", "found fixstr (0xa0)")]
    public void DateTime_Nonsense_IsAnErrorThatSaysWhat(string hex, string expected) =>
        Assert.Contains(expected, WireBytes.ReadError(hex, (ref r) => r.ReadDateTime()), StringComparison.Ordinal);

    public static TheoryData<long, int> Clocks => new()
    {
        { new DateTime(2024, 2, 29, 12, 34, 56).Ticks, 120 },
        { new DateTime(2024, 2, 29, 12, 34, 56, 789).Ticks, -330 },
        { new DateTime(1969, 7, 20).Ticks, -14 * 60 },
        { 0, 0 },
        { 14 * TimeSpan.TicksPerHour, 14 * 60 },
        { DateTime.MaxValue.Ticks, 0 },
        { DateTime.MaxValue.Ticks - (14 * TimeSpan.TicksPerHour), -14 * 60 },
    };

    [Theory]
    [MemberData(nameof(Clocks))]
    public void DateTimeOffset_KeepsClockAndOffset(long ticks, int minutes)
    {
        DateTimeOffset value = new(ticks, TimeSpan.FromMinutes(minutes));
        DateTimeOffset read = WireBytes.Decode(Shapes.DateTimeOffset, WireBytes.Encode(Shapes.DateTimeOffset, value));
        Assert.True(value.EqualsExact(read));
    }

    [Theory]
    [InlineData("92d6ff00000000cd0349", "found 841")]
    [InlineData("92d6ff00000000d1fcb7", "found -841")]
    [InlineData("92d6ff00000000a0", "found fixstr")]
    [InlineData("92c70cff00000000fffffff1886e090001", "outside the years 1 to 9999 in UTC")]
    [InlineData("92c70cff3b9ac99c0000003afff4417fff", "outside the years 1 to 9999 in UTC")]
    [InlineData("93d6ff000000000000", "found fixarray (0x93)")]
    [InlineData("91d6ff00000000", "found fixarray (0x91)")]
    [InlineData("d6ff00000000", "found fixext 4 (0xd6)")]
    [InlineData("dc0002d6ff0000000000", "found array 16 (0xdc)")]
    [InlineData("920000", "found positive fixint (0x00)")]
    public void DateTimeOffset_Nonsense_IsAnErrorThatSaysWhat(string hex, string expected) =>
        Assert.Contains(expected, WireBytes.ReadError(hex, (ref r) => r.ReadDateTimeOffset()), StringComparison.Ordinal);
}
