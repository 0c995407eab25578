using System.Buffers.Binary;
using SourceGen.Rpc.Registries.Dns.Signing;
using SourceGen.Rpc.Registries.Dns.Tests.Support;
using SourceGen.Rpc.Registries.DnsMessages;

namespace SourceGen.Rpc.Registries.Dns.Tests.Signing;

/// <summary>Signatures of other programs, and what becomes of them when somebody changes them.</summary>
public sealed class TsigVectorTests
{
    [Theory]
    [InlineData(DnsKeyAlgorithm.HmacSha256)]
    [InlineData(DnsKeyAlgorithm.HmacSha384)]
    [InlineData(DnsKeyAlgorithm.HmacSha512)]
    public void What_is_signed_and_verified_is_what_others_sign(DnsKeyAlgorithm algorithm)
    {
        TsigVector vector = TsigVector.Of(algorithm);
        TsigSignature signature = Sign(vector, out byte[] signed);

        Assert.Equal(Convert.ToHexString(vector.Question), Convert.ToHexString(signed));
        Assert.Equal(default, signature.Verify(vector.Answer));
    }

    [Fact]
    public void What_a_server_says_against_a_signature_is_told()
    {
        TsigVerdict secret = Sign(TsigVector.WrongSecret, out _).Verify(TsigVector.WrongSecret.Answer);
        TsigVerdict name = Sign(TsigVector.WrongName, out _).Verify(TsigVector.WrongName.Answer);

        Assert.Equal("it is not signed", secret.Problem);
        Assert.Equal(
            new TsigRefusal("BADSIG: its secret of the key hmac-sha256.key.example is another one", IsKeyKnown: false, IsProven: false),
            secret.Refusal);
        Assert.Equal("it is not signed", name.Problem);
        Assert.StartsWith("BADKEY: it does not know the key other.example with hmac-sha256", name.Refusal?.Reason);
        Assert.False(name.Refusal!.IsProven);
    }

    [Theory]
    [InlineData(300, null)]
    [InlineData(301, "it was signed 301 s ago, and at most 300 s are possible")]
    [InlineData(-300, null)]
    [InlineData(-301, "it was signed 301 s from now, and at most 300 s are possible")]
    public void An_answer_is_believed_within_its_time(int later, string? expected)
    {
        TsigVector vector = TsigVector.Sha256;
        long signedAt = TimeOf(vector);
        long now = signedAt;
        TsigSignature signature = TsigSignature.Sign(
            Unsigned(vector.Question), KeyOf(vector), new FixedTime(() => DateTimeOffset.FromUnixTimeSeconds(now)), out _);
        now += later;

        Assert.Equal(expected, signature.Verify(vector.Answer).Problem);
    }

    [Fact]
    public void An_answer_to_another_question_is_not_believed()
    {
        TsigVector vector = TsigVector.Sha256;
        byte[] other = Unsigned(vector.Question);
        other[^1] ^= 1;

        TsigSignature signature = TsigSignature.Sign(other, KeyOf(vector), FixedTime.At(TimeOf(vector)), out _);

        Assert.Equal("its signature is wrong", signature.Verify(vector.Answer).Problem);
    }

    [Fact]
    public void An_answer_of_another_key_is_not_believed()
    {
        TsigVector vector = TsigVector.Sha256;
        Assert.Equal(
            "it is signed with another key, hmac-sha384.key.example",
            Sign(vector, out _).Verify(TsigVector.Sha384.Answer).Problem);
        Assert.Equal(
            "it is signed by another algorithm, hmac-sha256",
            Sign(vector with { Algorithm = DnsKeyAlgorithm.HmacSha512 }, out _).Verify(vector.Answer).Problem);
        Assert.Equal(
            "its signature is wrong", Sign(vector with { Secret = TsigVector.Sha384.Secret }, out _).Verify(vector.Answer).Problem);
    }

    [Fact]
    public void Every_bit_counts()
    {
        TsigVector vector = TsigVector.Sha256;
        TsigSignature signature = Sign(vector, out _);
        Assert.True(TsigRecord.TryFind(vector.Answer, out TsigRecord? record, out _));
        int nameLength = record.KeyName.Wire.Length;
        int timeToLive = record.Start + nameLength + 4;
        int algorithm = timeToLive + 6;
        for (int bit = 0; bit < vector.Answer.Length * 8; bit++)
        {
            byte[] changed = [.. vector.Answer];
            changed[bit / 8] ^= (byte)(0x80 >> (bit % 8));
            if (signature.Verify(changed).Problem is not null) continue;

            // What no meaning depends on: the id, which the record repeats and the query is compared with; the case of letters in names of
            // the record; and the highest bit of a time to live, which makes it 0 (RFC 2181, 8).
            int at = bit / 8;
            bool isName = (at >= record.Start && at < record.Start + nameLength) || (at >= algorithm && at < algorithm + 13);
            Assert.True(at < 2 || (isName && bit % 8 == 2) || bit == timeToLive * 8, $"bit {bit % 8} of byte {at}");
        }
    }

    [Fact]
    public void An_answer_that_ends_at_any_byte_is_not_believed()
    {
        TsigVector vector = TsigVector.Sha256;
        TsigSignature signature = Sign(vector, out _);
        for (int length = 0; length < vector.Answer.Length; length++)
        {
            Assert.NotNull(signature.Verify(vector.Answer.AsSpan(0, length)).Problem);
        }
    }

    [Fact]
    public void Lengths_that_lie_are_not_believed()
    {
        TsigVector vector = TsigVector.Sha256;
        TsigSignature signature = Sign(vector, out _);
        Assert.True(TsigRecord.TryFind(vector.Answer, out TsigRecord? record, out _));
        int data = record.Start + record.KeyName.Wire.Length + 10;
        int macLength = data + record.Algorithm.Wire.Length + 8;
        foreach (int at in (int[])[data - 2, macLength, vector.Answer.Length - 2])
        {
            ushort right = BinaryPrimitives.ReadUInt16BigEndian(vector.Answer.AsSpan(at));
            for (int value = 0; value <= ushort.MaxValue; value += value < 300 || value > 65_000 ? 1 : 251)
            {
                if (value == right) continue;
                byte[] changed = [.. vector.Answer];
                BinaryPrimitives.WriteUInt16BigEndian(changed.AsSpan(at), (ushort)value);
                Assert.NotNull(signature.Verify(changed).Problem);
            }
        }

        // The lengths within both names, and pointers in their place.
        for (int value = 0; value <= byte.MaxValue; value++)
        {
            foreach (int at in (int[])[record.Start, data])
            {
                if (value == vector.Answer[at]) continue;
                byte[] changed = [.. vector.Answer];
                changed[at] = (byte)value;
                Assert.NotNull(signature.Verify(changed).Problem);
            }
        }
    }

    [Fact]
    public void The_record_is_the_last_one_and_the_only_one()
    {
        TsigVector vector = TsigVector.Sha256;
        TsigSignature signature = Sign(vector, out _);
        Assert.True(TsigRecord.TryFind(vector.Answer, out TsigRecord? record, out _));
        byte[] before = vector.Answer[..record.Start];
        byte[] tsig = vector.Answer[record.Start..];
        byte[] opt = [0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0];

        Assert.Equal("it is not signed", Verify(before, additionals: 2));
        Assert.Equal("a record Tsig is not its last one", Verify([.. before, .. tsig, .. tsig], additionals: 4));
        Assert.Equal("a record Tsig is not its last one", Verify([.. before, .. tsig, .. opt], additionals: 4));
        Assert.Equal("there are bytes behind its record Tsig", Verify([.. before, .. tsig, 0], additionals: 3));

        // Records are counted that are not there.
        Assert.Equal("a record Tsig is not its last one", Verify([.. before, .. tsig], additionals: 4));
        Assert.Equal("a record Tsig is not its last one", Verify([.. before, .. tsig], additionals: ushort.MaxValue));

        // In another section, behind all records that there are.
        byte[] answers = [.. before, .. tsig];
        answers[7] += 3;
        Assert.Equal("a record Tsig is not its last one", Verify(answers, additionals: 0));

        // Counted out: what is signed is not read as signed.
        Assert.Equal("it is not signed", Verify([.. before, .. tsig], additionals: 2));

        string? Verify(byte[] message, ushort additionals)
        {
            BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(10), additionals);
            return signature.Verify(message).Problem;
        }
    }

    private static TsigSignature Sign(TsigVector vector, out byte[] signed) =>
        TsigSignature.Sign(Unsigned(vector.Question), KeyOf(vector), FixedTime.At(TimeOf(vector)), out signed);

    private static TsigKey KeyOf(TsigVector vector) => TsigKey.Load(new DnsRegistryOptions
    {
        KeyName = vector.KeyName,
        KeySecret = vector.Secret,
        KeyAlgorithm = vector.Algorithm,
    })!;

    private static long TimeOf(TsigVector vector) =>
        TsigRecord.TryFind(vector.Question, out TsigRecord? record, out string? error)
            ? record.TimeSigned
            : throw new InvalidOperationException(error);

    private static byte[] Unsigned(byte[] question)
    {
        Assert.True(TsigRecord.TryFind(question, out TsigRecord? record, out string? error), error);
        byte[] unsigned = question[..record.Start];
        unsigned[11]--;
        Assert.True(DnsMessage.TryRead(unsigned, out _, out error), error);
        return unsigned;
    }
}
