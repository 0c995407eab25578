using System.Security.Cryptography;
using SourceGen.Rpc.Codec.Tests.Support;

namespace SourceGen.Rpc.Codec.Tests.Golden;

/// <summary>Conformance 11: the bytes of MessagePack-CSharp 3.1.8, written and read by generated serializers.</summary>
public sealed class GoldenTests
{
    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, GoldenCase.All.Count)];

    /// <summary>Those whose bytes are in the file, which are short enough to be damaged byte by byte.</summary>
    public static TheoryData<int> ShortNumbers => [.. Enumerable.Range(0, GoldenCase.All.Count).Where(n => Case(n).Line.Bytes is not null)];

    [Fact]
    public void EveryLine_IsCoveredOrDifferent_AndOnlyOne()
    {
        HashSet<string> covered = [.. GoldenCase.All.Select(c => c.Key)];
        Assert.Equal(GoldenCase.All.Count, covered.Count);
        List<string> wrong = [];
        foreach (GoldenLine line in GoldenLine.All)
        {
            int lists = (covered.Remove(line.Key) ? 1 : 0)
                + (GoldenLists.Different.ContainsKey(line.Type) || GoldenLists.DifferentValues.ContainsKey(line.Key) ? 1 : 0);
            if (lists != 1) wrong.Add($"{line.Key}: in {lists} lists");
        }

        Assert.Empty(wrong);
        Assert.Empty(covered);
        string[] types = [.. GoldenLists.Different.Keys];
        Assert.Empty(types.Except(GoldenLine.All.Select(line => line.Type)));
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void C11_Written_AsMessagePackCSharpWritesIt(int number)
    {
        (GoldenCase @case, GoldenLine line) = Case(number);
        byte[] written = @case.Encode();
        if (line.Bytes is byte[] golden)
        {
            Assert.Equal(MessagePackText.Of(golden), MessagePackText.Of(written));
        }
        else
        {
            Assert.Equal(line.Length, written.Length);
            Assert.Equal(line.Sha256, Convert.ToHexStringLower(SHA256.HashData(written)));
        }
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void C11_Read_AsMessagePackCSharpWroteIt(int number)
    {
        (GoldenCase @case, GoldenLine line) = Case(number);

        // The bytes of a long line are not in the file, but those written have its hash.
        byte[] golden = line.Bytes ?? @case.Encode();
        Assert.Equal(MessagePackText.Of(golden), MessagePackText.Of(@case.Reencode(golden)));
    }

    [Theory]
    [MemberData(nameof(ShortNumbers))]
    public void C16_Truncated_IsAnError(int number)
    {
        (GoldenCase @case, GoldenLine line) = Case(number);
        byte[] golden = line.Bytes!;
        for (int i = 0; i < golden.Length; i++)
        {
            byte[] part = golden[..i];
            AssertIsOfTheData(Assert.Throws<RpcSerializationException>(() => @case.Reencode(part)));
        }
    }

    /// <summary>Of these, those that are written twice alike: the callback of one changes its value whenever it is written.</summary>
    public static TheoryData<int> StableNumbers =>
    [
        .. Enumerable.Range(0, GoldenCase.All.Count)
            .Where(n => Case(n).Line.Bytes is not null && !Case(n).Case.Key.StartsWith("WithCallback ", StringComparison.Ordinal)),
    ];

    [Theory]
    [MemberData(nameof(StableNumbers))]
    public void C16_Damaged_IsAValueOrAnError(int number)
    {
        (GoldenCase @case, GoldenLine line) = Case(number);
        Random random = new(number);
        for (int round = 0; round < 50; round++)
        {
            byte[] damaged = Damage.Randomly(line.Bytes!, random);
            try
            {
                // What was read despite the damage can be written, and is stable from there on.
                byte[] again = @case.Reencode(damaged);
                Assert.Equal(again, @case.Reencode(again));
            }
            catch (RpcSerializationException e)
            {
                AssertIsOfTheData(e);
            }
        }
    }

    /// <summary>The reader itself refused the data: what generated code throws by accident would be found as an inner exception.</summary>
    private static void AssertIsOfTheData(RpcSerializationException error) => Assert.Null(error.InnerException);

    private static (GoldenCase Case, GoldenLine Line) Case(int number)
    {
        GoldenCase @case = GoldenCase.All[number];
        return (@case, GoldenLine.All.Single(line => line.Key == @case.Key));
    }
}
