using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Tests.Wire;

public sealed class FrameHeaderTests
{
    [Fact]
    public void Write_IsLittleEndianInTheOrderOfTheProtocol()
    {
        byte[] bytes = new byte[FrameHeader.Size];
        new FrameHeader(0x01020304, FrameType.Request, FrameFlags.OneWay | FrameFlags.More, 0xBEEF, 0x1122334455667788).Write(bytes);
        Assert.Equal("0403020110" + "09" + "EFBE" + "8877665544332211", Convert.ToHexString(bytes));
    }

    public static TheoryData<byte, byte> Types => new()
    {
        { (byte)FrameType.Hello, 1 },
        { (byte)FrameType.GoAway, 2 },
        { (byte)FrameType.Ping, 3 },
        { (byte)FrameType.Pong, 4 },
        { (byte)FrameType.Describe, 5 },
        { (byte)FrameType.Request, 16 },
        { (byte)FrameType.Response, 17 },
        { (byte)FrameType.Error, 18 },
        { (byte)FrameType.Cancel, 19 },
        { (byte)FrameType.RequestContinuation, 20 },
        { (byte)FrameType.ResponseContinuation, 21 },
        { (byte)FrameType.StreamItems, 32 },
        { (byte)FrameType.StreamEnd, 33 },
        { (byte)FrameType.StreamCredit, 34 },
        { (byte)FrameType.StreamStop, 35 },
    };

    [Theory]
    [MemberData(nameof(Types))]
    public void EveryType_HasItsNumberAndSurvivesTheRoundTrip(byte type, byte number)
    {
        byte[] bytes = new byte[FrameHeader.Size];
        new FrameHeader(uint.MaxValue, (FrameType)type, (FrameFlags)0xFF, ushort.MaxValue, ulong.MaxValue - type).Write(bytes);
        Assert.Equal(number, bytes[4]);
        FrameHeader read = FrameHeader.Read(bytes);
        Assert.Equal(uint.MaxValue, read.Length);
        Assert.Equal((FrameType)type, read.Type);
        Assert.Equal((FrameFlags)0xFF, read.Flags);
        Assert.Equal(ushort.MaxValue, read.Method);
        Assert.Equal(ulong.MaxValue - type, read.CallId);
    }

    [Fact]
    public void EveryDefinedType_IsInTheTable() =>
        Assert.Equal(Enum.GetValues<FrameType>().Select(type => (byte)type), Types.Select(row => (byte)row[0]).Order());
}
