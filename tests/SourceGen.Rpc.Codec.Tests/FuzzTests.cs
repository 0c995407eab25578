using System.Buffers;
using SourceGen.Rpc.Codec.Tests.Support;
using SourceGen.Rpc.MessagePack;

namespace SourceGen.Rpc.Codec.Tests;

/// <summary>Random bytes and damaged messages: a value or an error, nothing else. The seeds are fixed, so a failure repeats.</summary>
public sealed class FuzzTests
{
    [Fact]
    public void C16_RandomBytes_AreAValueOrAnError()
    {
        Random random = new(20_251_121);
        int errors = 0;
        for (int round = 0; round < 4_000; round++)
        {
            byte[] data = new byte[random.Next(1, 64)];
            random.NextBytes(data);

            // Mostly small numbers and container headers, so that more than the first byte is read.
            for (int i = 0; i < data.Length; i++)
            {
                if (random.Next(2) == 0) data[i] = (byte)random.Next(0x80, 0xe0);
            }

            errors += ReadAsEverything(data);
        }

        Assert.InRange(errors, 100_000, 4_000 * Sample.All.Count);
    }

    [Fact]
    public void C16_DamagedMessages_AreAValueOrAnError()
    {
        Random random = new(47_110_815);
        int errors = 0;
        foreach (Sample sample in Sample.All)
        {
            byte[] valid = sample.Encode();
            for (int round = 0; round < 60; round++) errors += ReadAsEverything(Damage.Randomly(valid, random));
        }

        Assert.InRange(errors, 40_000, 60 * Sample.All.Count * Sample.All.Count);
    }

    private static int ReadAsEverything(byte[] data)
    {
        int errors = 0;
        foreach (Sample sample in Sample.All)
        {
            byte[]? whole = TryReencode(sample, new ReadOnlySequence<byte>(data));
            byte[]? split = TryReencode(sample, Segments.ByteByByte(data));
            Assert.Equal(whole, split);
            if (whole is null) errors++;
        }

        Assert.Equal(TrySkip(new ReadOnlySequence<byte>(data)), TrySkip(Segments.ByteByByte(data)));
        return errors;
    }

    private static byte[]? TryReencode(Sample sample, in ReadOnlySequence<byte> data)
    {
        try
        {
            return sample.Reencode(data);
        }
        catch (RpcSerializationException)
        {
            return null;
        }
    }

    private static long TrySkip(in ReadOnlySequence<byte> data)
    {
        MessagePackReader reader = new(data);
        try
        {
            reader.Skip();
            return reader.Consumed;
        }
        catch (RpcSerializationException)
        {
            return -1;
        }
    }
}
