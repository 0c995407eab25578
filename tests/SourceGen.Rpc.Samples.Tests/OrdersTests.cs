using System.Text.RegularExpressions;
using SourceGen.Rpc.Samples.Tests.Support;
using Program = SourceGen.Rpc.Samples.Tests.Support.Program;

namespace SourceGen.Rpc.Samples.Tests;

/// <summary>The sample of events, run as a user runs it.</summary>
public sealed partial class OrdersTests
{
    private static readonly string s_orders = Path.Combine(AppContext.BaseDirectory, "Orders.dll");

    [Fact]
    public async Task Each_order_is_billed_by_one_of_two_and_the_audit_hears_of_everything()
    {
        ProgramResult run = await Program.RunAsync(Program.DotNet, s_orders);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Empty(run.Error);
        string[] orders = [.. Enumerable.Range(1, 6).Select(static i => $"order-{i}")];
        Assert.Equal(orders, Of(TookLine(), run).Order(StringComparer.Ordinal));
        Assert.Equal(orders, Of(BillsLine(), run).Order(StringComparer.Ordinal));
        Assert.Equal(orders, Of(PlacedLine(), run).Order(StringComparer.Ordinal));
        Assert.Equal(orders, Of(BilledLine(), run).Order(StringComparer.Ordinal));
        Assert.Contains("billing 1", run.Output, StringComparison.Ordinal);
        Assert.Contains("billing 2", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nats://127.0.0.1:1", "nats://127.0.0.1:1 cannot be reached")]
    [InlineData("carrier-pigeon://loft", "No broker serves 'carrier-pigeon://'")]
    public async Task A_broker_that_is_not_there_is_named(string address, string message)
    {
        ProgramResult run = await Program.RunAsync(Program.DotNet, s_orders, address);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Of(Regex line, ProgramResult run) => line.Matches(run.Output).Select(static match => match.Groups["id"].Value);

    [GeneratedRegex("^shop +took (?<id>order-[0-9]+) of ", RegexOptions.Multiline)]
    private static partial Regex TookLine();

    [GeneratedRegex("^billing [12] +bills (?<id>order-[0-9]+): ", RegexOptions.Multiline)]
    private static partial Regex BillsLine();

    [GeneratedRegex("^audit +(?<id>order-[0-9]+) was placed by ", RegexOptions.Multiline)]
    private static partial Regex PlacedLine();

    [GeneratedRegex("^audit +(?<id>order-[0-9]+) was billed by process [0-9]+$", RegexOptions.Multiline)]
    private static partial Regex BilledLine();
}
