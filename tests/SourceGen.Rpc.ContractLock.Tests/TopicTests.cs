using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using SourceGen.Rpc.Contracts;
using SourceGen.Rpc.Generators.Tests;

namespace SourceGen.Rpc.ContractLock.Tests;

/// <summary>Topics are locked as services are: their events are one-way methods, publishers the clients and subscribers the servers.</summary>
public sealed class TopicTests
{
    private const string Contract = """
        namespace Shop;
        [Topic("orders")]
        public partial interface IOrderEvents
        {
            ValueTask PlacedAsync(Order order, CancellationToken cancellationToken = default);
            [Method(Name = "Shipped.Partly")] ValueTask ShippedPartlyAsync([HashKey] string orderId, int parcel = 0);
        }
        [Topic("orders", Version = "2")]
        public partial interface INewOrderEvents { ValueTask PlacedAsync(Order order, string by); }
        [Service(Name = "orders")]
        public partial interface IOrders { ValueTask<Order> FindAsync(string id); }
        public sealed record Order(string Id, decimal Total);
        """;

    private const string Lock = """
        {
          "contractsLock": 1,
          "services": {
            "orders": [
              "Find(id: string) -> 'Shop.Order'"
            ],
            "topic orders": [
              "Placed(order: 'Shop.Order') -> oneway",
              "'Shipped.Partly'(orderId: string, parcel: int32 = default) -> oneway"
            ],
            "topic orders version 2": [
              "Placed(order: 'Shop.Order', by: string) -> oneway"
            ]
          },
          "types": {
            "object 'Shop.Order' map": [
              "Id: string",
              "Total: decimal"
            ]
          }
        }

        """;

    private const string Small = """
        [Topic("orders")] public partial interface IOrderEvents { ValueTask PlacedAsync(string id, int count = 0); ValueTask ClosedAsync(); }
        """;

    [Fact]
    public void A_topic_stands_beside_services_under_a_name_that_no_service_has() => Assert.Equal(Lock, LockProject.Of(Contract).Write());

    [Fact]
    public async Task What_is_written_is_read_back_as_the_same() => Assert.Empty(await LockProject.Of(Contract, Lock).PrintAsync());

    [Theory]
    [InlineData("order: 'Shop.Order') -> oneway\"", "order: 'Shop.None') -> oneway\"", 8, "the type \"Shop.None\" is not described anywhere.")]
    [InlineData("\"topic orders\"", "\"topic orders version 2\"", 11, "'topic orders version 2' is there twice; keep one of the two.")]
    public async Task What_is_wrong_with_a_topic_in_the_lock_is_said_at_its_line(string before, string after, int line, string problem) =>
        Assert.Equal(
            $"contracts.lock.json({line}): SGR0063: The contract lock cannot be read: {problem}",
            Assert.Single(await LockProject.Of(Contract, Lock.Edit(before, after)).PrintAsync()));

    [Fact]
    public async Task A_topic_is_offered_a_lock()
    {
        Diagnostic diagnostic = Assert.Single(await LockProject.Of(Small).AnalyzeAsync());

        Assert.Equal(("SGR0060", "IOrderEvents"), (diagnostic.Id, TextAt(diagnostic)));
    }

    [Theory]
    [InlineData("ValueTask ClosedAsync();", "ValueTask ClosedAsync(); ValueTask PaidAsync();", "SGR0061", "PaidAsync", "orders/Paid was added.")]
    [InlineData("int count = 0", "int count = 0, int weight = 0", "SGR0061", "weight", "parameter 'weight' (int32) was added with a default value.")]
    [InlineData("string id", "string orderId", "SGR0061", "orderId", "orders/Placed parameter 'orderId' was called 'id'.")]
    [InlineData("ValueTask ClosedAsync();", "", "SGR0062", "IOrderEvents", "orders/Closed was removed. This breaks old clients")]
    [InlineData("string id", "int id", "SGR0062", "id", "parameter 'id' was string and is int32. This breaks old clients and old servers")]
    [InlineData("int count = 0", "int count = 0, string by = null!", "SGR0061", "by", "was added with a default value.")]
    [InlineData("ValueTask ClosedAsync();", "ValueTask ClosedAsync(int why);", "SGR0062", "why", "without a default value. This breaks old clients")]
    public async Task A_change_of_an_event_is_one_of_a_one_way_method(string before, string after, string id, string place, string text)
    {
        Diagnostic diagnostic = Assert.Single(await Analyze(Small, Small.Edit(before, after)));

        Assert.Equal((id, place), (diagnostic.Id, TextAt(diagnostic)));
        Assert.Contains(text, LockProject.Print(diagnostic), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("string id", "[HashKey] string id")]
    [InlineData("ValueTask ClosedAsync();", "Task ClosedAsync(CancellationToken cancellationToken);")]
    [InlineData("ValueTask ClosedAsync();", "[Method(Idempotent = true)] ValueTask Closed();")]
    public async Task What_no_message_shows_is_no_change(string before, string after) =>
        Assert.Empty(await Analyze(Small, Small.Edit(before, after)));

    [Fact]
    public async Task A_topic_that_is_renamed_is_gone_under_its_name()
    {
        IReadOnlyList<Diagnostic> diagnostics = await Analyze(Small, Small.Edit("\"orders\"", "\"sales\""));

        Assert.Equal(
            [
                "File1.cs(1): SGR0061: Topic sales was added. This is compatible: only old subscribers do not know it.",
                "contracts.lock.json(4): SGR0065: Topic orders was removed. This breaks old publishers and subscribers: nothing keeps their messages "
                    + "readable any more. Keep it, or keep its name with [Topic(\"...\", Version = ...)].",
            ],
            diagnostics.Select(static d => LockProject.Print(d).Split(" To ")[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_topic_that_becomes_a_service_of_its_name_is_gone()
    {
        IReadOnlyList<Diagnostic> diagnostics = await Analyze(Small, Small.Edit("[Topic(\"orders\")]", "[Service(Name = \"orders\")]"));

        Assert.Equal(["SGR0061", "SGR0065"], diagnostics.Select(static d => d.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_is_accepted_says_who_is_left_behind()
    {
        string text = LockProject.Generated(
            Harness.Compile(Small.Edit("\"orders\"", "\"sales\"")), LockProject.Of(Small).Write(), "true", "nobody publishes it")!;

        Assert.Contains(
            "\"Topic orders was removed: breaks old publishers and subscribers. nobody publishes it\"", text, StringComparison.Ordinal);
        Assert.Contains("\"topic sales\": [", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("topic \"a\"\n", "topic \"b\"\n", "b was the topic a and is b", "[Topic(\"a\")]")]
    [InlineData("topic \"a\"\n", "service \"a\"\n", "a was the topic a and is the service a", "[Topic(\"a\")]")]
    [InlineData("service \"a\"\n", "topic \"a\"\n", "a was the service a and is the topic a", "[Service(Name = \"a\")]")]
    public void Names_and_kinds_are_compared(string old, string @new, string what, string wayOut)
    {
        ContractDifference difference = Assert.Single(ContractComparison.Compare(old, @new));

        Assert.Equal((ContractDifferenceKind.ServiceRenamed, what), (difference.Kind, difference.What));
        Assert.Contains(wayOut, difference.WayOut, StringComparison.Ordinal);
        Assert.True(difference.IsBreaking);
    }

    private static Task<IReadOnlyList<Diagnostic>> Analyze(string old, string @new) =>
        LockProject.Of(@new, LockProject.Of(old).Write()).AnalyzeAsync();

    private static string TextAt(Diagnostic diagnostic) => diagnostic.Location.SourceTree!.GetText().ToString(diagnostic.Location.SourceSpan);
}
