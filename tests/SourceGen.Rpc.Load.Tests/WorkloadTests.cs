namespace SourceGen.Rpc.Load.Tests;

public sealed class WorkloadTests
{
    [Fact]
    public void All_Names_AreUnique() => Assert.Distinct(WorkloadCatalog.All.Select(static w => w.Name));

    [Fact]
    public void Select_Patterns_GivesTheMatchesOnceInTheCatalogsOrder() => Assert.Equal(
        ["add-1", "echo-32-64", "echo-1k-64", "echo-64k-64"],
        WorkloadCatalog.Select(["echo-*-64", "add-1", "ADD-1"]).Select(static w => w.Name));

    [Fact]
    public void Select_UnknownName_IsNamedWithTheKnownOnes()
    {
        UsageException e = Assert.Throws<UsageException>(() => WorkloadCatalog.Select(["add-1", "add-2"]));
        Assert.StartsWith("--only add-2 matches no workload. The names are: add-1, add-64,", e.Message, StringComparison.Ordinal);
    }

    // 16 bytes of header, 4 of remaining time in requests; then MessagePack, by hand: array of 2 (1), integers above 65,535 (5 each).
    [Theory]
    [InlineData("add-1", 16 + 4 + 1 + 5 + 5, 16 + 5)]
    // The argument list (1) around the message: array of 3 (1), Id (5), Name (1 + 16), Payload (2 + 32, 3 + 1,024, 5 + 65,536).
    [InlineData("echo-32-1", 16 + 4 + 1 + 1 + 5 + 17 + 34, 16 + 1 + 5 + 17 + 34)]
    [InlineData("echo-1k-1", 16 + 4 + 1 + 1 + 5 + 17 + 1027, 16 + 1 + 5 + 17 + 1027)]
    [InlineData("echo-64k-1", 16 + 4 + 1 + 1 + 5 + 17 + 65_541, 16 + 1 + 5 + 17 + 65_541)]
    [InlineData("blocking-64", 16 + 4 + 1 + 5, 16 + 5)]
    [InlineData("large-beside-small", 16 + 4 + 1 + 5 + 5, 16 + 5)]
    [InlineData("http2-stream-down", 1 + 1 + 5 + 9, 1 + 1 + 5 + 9)]
    // An item: its length (1), array of 2 (1), Id (5), a Value above 32 bits (9).
    [InlineData("stream-down", 1 + 1 + 5 + 9, 1 + 1 + 5 + 9)]
    [InlineData("stream-up", 1 + 1 + 5 + 9, 1 + 1 + 5 + 9)]
    [InlineData("duplex-1", 16 + 1 + 1 + 5 + 9, 16 + 1 + 1 + 5 + 9)]
    public void Frames_OfEachKind_AreAsLongAsTheRpcs(string name, int request, int reply) =>
        Assert.Equal(new FrameSizes(request, reply), WorkloadCatalog.Select([name])[0].Frames);

    [Fact]
    public void CreateMessage_Name_HasTheLengthThatFramesAreComputedFrom() =>
        Assert.Equal(LoadData.NameLength, LoadData.CreateMessage(1).Name.Length);

    [Theory]
    [InlineData(3e6, 0.1, true)]
    [InlineData(1e6, 0.25, true)]
    [InlineData(2.9e6, 0.24, false)]
    [InlineData(double.NaN, double.NaN, false)]
    public void IsMet_ValueOrRatio_OneIsEnough(double value, double ratio, bool expected) =>
        Assert.Equal(expected, new Target(Figure.CallsPerSecond, Bound.AtLeast, Value: 3e6, Ratio: 0.25).IsMet(value, ratio));

    [Theory]
    [InlineData(1.1, true)]
    [InlineData(1.11, false)]
    [InlineData(double.NaN, false)]
    public void IsMet_AtMost_IsMetUpToTheLimit(double ratio, bool expected) =>
        Assert.Equal(expected, new Target(Figure.P50, Bound.AtMost, Ratio: 1.1).IsMet(value: 0, ratio));

    [Fact]
    public void Describe_ValueAndRatio_NamesBothAndTheBaseline() => Assert.Equal(
        "calls/s at least 3.00 M or 0.25 x raw async",
        new Target(Figure.CallsPerSecond, Bound.AtLeast, Value: 3e6, Ratio: 0.25).Describe("raw async"));
}
