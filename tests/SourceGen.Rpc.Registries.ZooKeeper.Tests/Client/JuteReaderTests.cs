using System.Buffers.Binary;
using SourceGen.Rpc.Registries.ZooKeeper.Client;

namespace SourceGen.Rpc.Registries.ZooKeeper.Tests;

/// <summary>What servers say is read as what it is, or refused, whatever it is.</summary>
public sealed class JuteReaderTests
{
    private delegate void Parse(ref JuteReader reader);

    public static TheoryData<string> Kinds => [.. Samples.Keys];

    private static Dictionary<string, (byte[] Bytes, Parse Parse)> Samples { get; } = new()
    {
        ["session"] = (
            new JuteWriter().Int(0).Int(4000).Long(0x100).Buffer(new byte[16]).ToArray(),
            static (ref JuteReader reader) => ConnectResponse.Read(ref reader)),
        ["stat"] = (
            FakeConnection.Stat(new JuteWriter(), owner: 5).ToArray(),
            static (ref JuteReader reader) => NodeStat.Read(ref reader)),
        ["data"] = (
            FakeConnection.Stat(new JuteWriter().Buffer("value"u8)).ToArray(),
            static (ref JuteReader reader) => NodeData.Read(ref reader)),
        ["children"] = (
            new JuteWriter().Texts(["a", "größer", ""]).ToArray(),
            static (ref JuteReader reader) => reader.ReadTexts()),
        ["event"] = (
            new JuteWriter().Int(3).Int(3).Text("/a/b").ToArray(),
            static (ref JuteReader reader) => WatchEvent.Read(ref reader)),
        ["multi"] = (
            new JuteWriter()
                .Int((int)OpCode.Delete).Boolean(false).Int(0)
                .Int((int)OpCode.Create).Boolean(false).Int(0).Text("/a")
                .Int(-1).Boolean(true).Int(-1).ToArray(),
            static (ref JuteReader reader) => MultiResult.Read(ref reader)),
        ["multi read"] = (
            FakeConnection.Stat(new JuteWriter().Int((int)OpCode.GetData).Boolean(false).Int(0).Buffer("value"u8))
                .Int((int)OpCode.Error).Boolean(false).Int(-101).Int(-101)
                .Int(-1).Boolean(true).Int(-1).ToArray(),
            static (ref JuteReader reader) => MultiResult.ReadData(ref reader, 2)),
        ["failed multi"] = (
            new JuteWriter()
                .Int((int)OpCode.Error).Boolean(false).Int(-103).Int(-103)
                .Int((int)OpCode.Error).Boolean(false).Int(-2).Int(-2)
                .Int(-1).Boolean(true).Int(-1).ToArray(),
            static (ref JuteReader reader) => MultiResult.Read(ref reader)),
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_is_whole_is_read_to_its_end(string kind)
    {
        JuteReader reader = new(Samples[kind].Bytes);
        Samples[kind].Parse(ref reader);
        Assert.Equal(0, reader.Remaining);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_is_cut_off_at_any_byte_is_refused(string kind)
    {
        (byte[] bytes, Parse parse) = Samples[kind];
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.False(TryParse(bytes[..length], parse), $"{length} of {bytes.Length} bytes were enough");
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Numbers_that_lie_are_refused_or_mean_something_else_and_take_no_memory(string kind)
    {
        (byte[] bytes, Parse parse) = Samples[kind];
        int[] lies = [int.MinValue, int.MinValue + 1, -3, -2, -1, bytes.Length + 1, 0x10000000, int.MaxValue - 4, int.MaxValue];
        foreach (int lie in lies)
        {
            for (int offset = 0; offset + 4 <= bytes.Length; offset++)
            {
                byte[] changed = [.. bytes];
                BinaryPrimitives.WriteInt32BigEndian(changed.AsSpan(offset), lie);
                long before = GC.GetAllocatedBytesForCurrentThread();
                TryParse(changed, parse);
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 256 * 1024);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Garbage_is_refused_or_read_and_never_anything_else(string kind)
    {
        Random random = new(20_260);
        byte[] garbage = new byte[96];
        for (int round = 0; round < 5_000; round++)
        {
            random.NextBytes(garbage);
            // Small numbers, which are believed more often.
            if (round % 2 == 0)
            {
                for (int i = 0; i < garbage.Length; i += 4) BinaryPrimitives.WriteInt32BigEndian(garbage.AsSpan(i), random.Next(-2, 12));
            }

            TryParse(garbage[..random.Next(garbage.Length)], Samples[kind].Parse);
        }
    }

    [Fact]
    public void Lengths_of_none_are_read_as_empty()
    {
        JuteReader reader = new(new JuteWriter().Int(-1).Int(-1).Int(-1).ToArray());
        Assert.Equal("", reader.ReadText());
        Assert.Empty(reader.ReadBuffer());
        Assert.Empty(reader.ReadTexts());
    }

    [Fact]
    public void A_text_that_is_not_unicode_is_refused()
    {
        ZooKeeperProtocolException error = Assert.Throws<ZooKeeperProtocolException>(() =>
        {
            JuteReader reader = new(new JuteWriter().Buffer([0x61, 0xC3]).ToArray());
            reader.ReadText();
        });
        Assert.Contains("offset 0 is not UTF-8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_real_error_of_a_multi_is_its_error()
    {
        JuteReader failed = new(Samples["failed multi"].Bytes);
        Assert.Equal(ErrorCode.BadVersion, MultiResult.Read(ref failed));
        JuteReader done = new(Samples["multi"].Bytes);
        Assert.Equal(ErrorCode.Ok, MultiResult.Read(ref done));
        byte[] second = new JuteWriter()
            .Int((int)OpCode.Error).Boolean(false).Int(0).Int(0)
            .Int((int)OpCode.Error).Boolean(false).Int(-110).Int(-110)
            .Int(-1).Boolean(true).Int(-1).ToArray();
        JuteReader reader = new(second);
        Assert.Equal(ErrorCode.NodeExists, MultiResult.Read(ref reader));
    }

    [Theory]
    [InlineData(1, "1 reads with 2 results")]
    [InlineData(3, "3 reads with 2 results")]
    public void A_multi_read_has_as_many_results_as_were_asked_for(int count, string expected)
    {
        ZooKeeperProtocolException error = Assert.Throws<ZooKeeperProtocolException>(() =>
        {
            JuteReader reader = new(Samples["multi read"].Bytes);
            MultiResult.ReadData(ref reader, count);
        });
        Assert.EndsWith(expected, error.Message, StringComparison.Ordinal);
        JuteReader right = new(Samples["multi read"].Bytes);
        Reply<NodeData>[] replies = MultiResult.ReadData(ref right, 2);
        Assert.Equal("value"u8.ToArray(), replies[0].Value!.Data);
        Assert.Equal(ErrorCode.NoNode, replies[1].Error);
    }

    [Fact]
    public void Numbers_and_texts_are_big_endian_behind_their_lengths()
    {
        byte[] expected = [0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 3, 1, 0, 0, 0, 3, 0x61, 0xC3, 0xBC, 0, 0, 0, 1, 9];
        Assert.Equal(expected, new JuteWriter().Int(0x102).Long(3).Boolean(true).Text("aü").Buffer([9]).ToArray());
    }

    private static bool TryParse(byte[] bytes, Parse parse)
    {
        try
        {
            JuteReader reader = new(bytes);
            parse(ref reader);
            return true;
        }
        catch (ZooKeeperProtocolException)
        {
            return false;
        }
    }
}
