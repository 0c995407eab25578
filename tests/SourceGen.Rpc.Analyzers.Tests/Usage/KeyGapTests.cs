namespace SourceGen.Rpc.Analyzers.Tests.Usage;

public class KeyGapTests
{
    private static readonly Rule s_rule = new("SGR0081");

    [Fact]
    public Task Keys_that_leave_numbers_out_are_reported_at_the_member_behind_them() => s_rule.ReportsAsync("""
        public class Item
        {
            [Key(0)] public int Id { get; set; }
            [Key(4)] public int [|Size|] { get; set; }
            [Key(2)] public int [|Weight|];
        }

        public record Late([property: Key(1)] int [|Id|]);
        public record struct Short([Key(0)] int Id, [Key(2)] int [|Size|]);
        """,
        "The keys of 'Item' leave out 3, before 'Size'", "leave out 1, before 'Weight'", "leave out 0, before 'Id'",
        "leave out 1, before 'Size'");

    [Fact]
    public Task Keys_without_gaps_names_and_gaps_of_a_base_are_let_pass() => s_rule.LetsPassAsync("""
        public class Item { [Key(1)] public int Size { get; set; } [Key(0)] public int Id { get; set; } }
        public class Derived : Item { [Key(2)] public int More { get; set; } }
        public class Named { [Key("a")] public int A { get; set; } }
        public class Plain { public int A { get; set; } }
        """);
}
