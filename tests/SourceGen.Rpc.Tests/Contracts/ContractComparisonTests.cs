using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.Tests.Contracts;

/// <summary>The library function. What it says of each kind of change is proven in SourceGen.Rpc.ContractLock.Tests.</summary>
public sealed class ContractComparisonTests
{
    private const string Old = """
        service "Shop.Greeter"
        method Add(a: int32, b: int32) -> int32
        method Greet(person: "Shop.Person") -> "Shop.Person"
        object "Shop.Person" map { Age: int32; Name: string }

        """;

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void A_contract_does_not_differ_from_itself(int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < 300; i++)
        {
            string schema = RandomSchema.Make(random).ToString();
            Assert.Empty(ContractComparison.Compare(schema, schema));
        }
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    public void What_the_handshake_refuses_breaks_old_clients_and_the_reverse(int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < 300; i++)
        {
            // The same service, so that it is the methods that differ.
            ContractSchema old = RandomSchema.Make(random) with { Service = "S" }, @new = RandomSchema.Make(random) with { Service = "S" };
            bool refused = ContractComparer.Compare(old, @new).Any(static match => !match.IsCompatible);
            IReadOnlyList<ContractDifference> differences = ContractComparison.Compare(old.ToString(), @new.ToString());
            Assert.Equal(refused, differences.Any(static difference => difference.OldClients == ContractEffect.Refused));
            Assert.All(differences, static difference => Assert.True(difference.IsBreaking || difference.OldClients < ContractEffect.Lost));
        }
    }

    [Fact]
    public void A_difference_says_where_it_is_whom_it_affects_and_what_to_do()
    {
        ContractDifference difference = Assert.Single(Compare(Old, "Age: int32; ", ""));

        Assert.Equal(ContractDifferenceKind.MemberRemoved, difference.Kind);
        Assert.Equal(("Shop.Greeter", "Greet", "person"), (difference.Service, difference.Method, difference.Parameter));
        Assert.Equal(("Shop.Person", "Age"), (difference.Type, difference.Member));
        Assert.Equal("Shop.Person member 'Age'", difference.Subject);
        Assert.Equal("Shop.Greeter/Greet parameter 'person' member 'Age'", difference.Path);
        Assert.Equal(
            (ContractEffect.Lost, ContractEffect.Lost, ContractEffect.Lost, true),
            (difference.OldClients, difference.OldServers, difference.StoredData, difference.IsBreaking));
        Assert.Equal(
            "Shop.Person member 'Age' (int32) was removed. This breaks old clients, old servers and stored data: what is sent of it is "
            + "silently skipped, and who expects it gets its default value. Keep the member under its key, marked [Obsolete], until nobody "
            + "needs it.",
            difference.ToString());
    }

    [Fact]
    public void A_compatible_difference_has_nobody_affected_and_no_way_out()
    {
        ContractDifference difference = Assert.Single(Compare(Old, "b: int32", "b: int32, c: bool = default"));

        Assert.False(difference.IsBreaking);
        Assert.Equal(("", ""), (difference.Affected, difference.WayOut));
        Assert.Equal(
            "Shop.Greeter/Add parameter 'c' (bool) was added with a default value. This is compatible: for old clients it has its default "
            + "value, and old servers ignore it.",
            difference.ToString());
    }

    [Fact]
    public void A_type_that_many_methods_reach_differs_once()
    {
        string old = "service \"S\"\n" + string.Concat(Enumerable.Range(10, 50).Select(static i => $"method M{i}(a: \"T\") -> \"T\"\n"))
            + "object \"T\" map { A: int32; Next: \"T\"? }\n";

        ContractDifference difference = Assert.Single(Compare(old, "A: int32", "A: int64"));

        Assert.Equal(
            (ContractEffect.Fails, ContractEffect.Fails), (difference.OldClients, difference.OldServers));
        Assert.Equal("old clients", difference.Affected);
    }

    [Fact]
    public void A_rename_is_told_from_a_removal_where_it_can_be()
    {
        IReadOnlyList<ContractDifference> differences = ContractComparison.Compare(
            Old, Old.Replace("Age:", "Years:", StringComparison.Ordinal).Replace("method Add", "method Added", StringComparison.Ordinal));

        Assert.Contains(differences, static d => d.WayOut == "Keep its key with [Key(\"Age\")] on 'Years'.");
        Assert.Contains(differences, static d => d.WayOut == "Keep its name on the wire with [Method(Name = \"Add\")] on Added.");
    }

    [Fact]
    public void A_text_that_is_no_schema_is_an_error_with_its_place()
    {
        FormatException error = Assert.Throws<FormatException>(() => ContractComparison.Compare(Old, "service Shop"));

        Assert.Equal("The contract schema is not valid at line 1, column 9: expected a name in quotes, found 'Shop'.", error.Message);
        Assert.Throws<ArgumentNullException>(() => ContractComparison.Compare(null!, Old));
        Assert.Throws<ArgumentNullException>(() => ContractComparison.Compare(Old, null!));
    }

    [Fact]
    public void Contracts_made_to_meet_in_many_pairs_end_the_comparison()
    {
        ContractDifference difference = Assert.Single(
            ContractComparison.Compare(Cycle(1499), Cycle(1501)), static d => d.Kind == ContractDifferenceKind.NotCompared);

        Assert.True(difference.IsBreaking);

        static string Cycle(int length) => "service \"S\"\nmethod M(a: \"T10000\") -> void\n" + string.Concat(
            Enumerable.Range(0, length).Select(i => $"object \"T{10_000 + i}\" map {{ N: \"T{10_000 + ((i + 1) % length)}\" }}\n"));
    }

    private static IReadOnlyList<ContractDifference> Compare(string old, string before, string after) =>
        ContractComparison.Compare(old, old.Replace(before, after, StringComparison.Ordinal));
}
