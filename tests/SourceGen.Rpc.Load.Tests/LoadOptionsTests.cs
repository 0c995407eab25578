namespace SourceGen.Rpc.Load.Tests;

public sealed class LoadOptionsTests
{
    [Fact]
    public void Parse_Nothing_GivesTheDefaultsThatTheUsageNames()
    {
        LoadOptions options = LoadOptions.Parse([]);
        Assert.Equal((5, 2, 3), (options.Rounds, options.Length.TotalSeconds, options.WarmUp.TotalSeconds));
        Assert.Equal(["*"], options.Only);
        Assert.Null(options.JsonFile);
        Assert.False(options.RawOnly || options.RpcOnly || options.Check || options.List || options.Help);
    }

    [Fact]
    public void Parse_EveryOption_IsTaken()
    {
        LoadOptions options = LoadOptions.Parse(
        [
            "--only", "add-1, echo-*", "--rounds", "7", "--seconds", "0.5", "--warmup", "0",
            "--json", "out.json", "--check", "--list", "--help",
        ]);
        Assert.Equal(["add-1", "echo-*"], options.Only);
        Assert.Equal((7, 0.5, 0), (options.Rounds, options.Length.TotalSeconds, options.WarmUp.TotalSeconds));
        Assert.Equal("out.json", options.JsonFile);
        Assert.True(LoadOptions.Parse(["--raw-only"]).RawOnly);
        Assert.True(LoadOptions.Parse(["--rpc-only"]).RpcOnly);
        Assert.True(options.Check && options.List && options.Help);
    }

    [Theory]
    [InlineData("--quick", "--rounds", "9")]
    [InlineData("--rounds", "9", "--quick")]
    public void Parse_QuickWithAnotherOption_LetsTheOtherWin(params string[] args)
    {
        LoadOptions options = LoadOptions.Parse(args);
        Assert.Equal((9, 0.5), (options.Rounds, options.Length.TotalSeconds));
    }

    [Theory]
    [InlineData("'--fast' is not an option", "--fast")]
    [InlineData("--rounds needs a number of rounds", "--rounds")]
    [InlineData("--json needs a file", "--json", "--quick")]
    [InlineData("--rounds 0: write a whole number from 1 to 1000", "--rounds", "0")]
    [InlineData("--rounds two: write a whole number", "--rounds", "two")]
    [InlineData("--seconds 1,5: write a number of seconds from 0.01", "--seconds", "1,5")]
    [InlineData("--seconds 0: write a number of seconds from 0.01", "--seconds", "0")]
    [InlineData("--warmup -1: write a number of seconds from 0 to 3600", "--warmup", "-1")]
    [InlineData("--check judges the RPC, which --raw-only leaves out", "--raw-only", "--check")]
    [InlineData("--check compares with the baseline, which --rpc-only leaves out", "--check", "--rpc-only")]
    [InlineData("--raw-only leaves out the RPC and --rpc-only the baseline", "--rpc-only", "--raw-only")]
    [InlineData("--only , names no workload", "--only", ",")]
    public void Parse_WrongLine_SaysWhatIsWrong(string message, params string[] args) =>
        Assert.StartsWith(message, Assert.Throws<UsageException>(() => LoadOptions.Parse(args)).Message, StringComparison.Ordinal);
}
