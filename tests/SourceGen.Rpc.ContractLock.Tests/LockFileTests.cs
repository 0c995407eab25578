using Microsoft.CodeAnalysis;
using SourceGen.Rpc.Generators.Tests;

namespace SourceGen.Rpc.ContractLock.Tests;

/// <summary>The file itself: how it is written, and what is said of one that a person, a merge or another version has written.</summary>
public sealed class LockFileTests
{
    private const string Contract = """
        namespace Shop;
        [Service]
        public partial interface IShop
        {
            IAsyncEnumerable<Order> WatchAsync(IAsyncEnumerable<Color> colors, int from = 0);
            [Throws<Missing>] ValueTask<Page<Order>?> FindAsync(string? name);
            [OneWay] ValueTask LogAsync(string line);
        }
        [Service(Name = "Stock", Version = "2")]
        public partial interface IStock { ValueTask M(); }
        public sealed record Order(string Name, [property: Key("it's \"new\"")] int Id);
        public sealed record Page<T>([property: Key(0)] List<T> Items, [property: Key(2)] int? Next);
        public sealed record Missing(string What);
        public enum Color : sbyte { Red = 2, Green = -1, Blue = 2 }
        [Service] public partial interface IEmpty;
        """;

    private const string Lock = """
        {
          "contractsLock": 1,
          "services": {
            "Shop.Empty": [],
            "Shop.Shop": [
              "Find(name: string?) -> 'Shop.Page<\\'Shop.Order\\'>'? throws 'Shop.Missing'",
              "Log(line: string) -> oneway",
              "Watch(colors: stream<'Shop.Color'>, from: int32 = default) -> stream<'Shop.Order'>"
            ],
            "Stock version 2": [
              "M() -> void"
            ]
          },
          "types": {
            "enum 'Shop.Color' int8": [
              "Green = -1",
              "Blue = 2",
              "Red = 2"
            ],
            "object 'Shop.Missing' map": [
              "What: string"
            ],
            "object 'Shop.Order' map": [
              "'it\"s \\'new\\'': int32",
              "Name: string"
            ],
            "object 'Shop.Page<\\'Shop.Order\\'>' array": [
              "0: list<'Shop.Order'> = Items",
              "2: int32? = Next"
            ]
          }
        }

        """;

    [Fact]
    public void It_holds_everything_of_the_contracts_one_thing_a_line_in_a_stable_order() =>
        Assert.Equal(Lock, LockProject.Of(Contract).Write());

    [Fact]
    public async Task What_is_written_is_read_back_as_the_same() => Assert.Empty(await LockProject.Of(Contract, Lock).PrintAsync());

    [Fact]
    public async Task Line_ends_of_another_system_are_no_difference() => Assert.Empty(
        await LockProject.Of(Contract, Lock.Edit("\n", "\r\n")).PrintAsync());

    [Fact]
    public void The_order_of_files_and_declarations_does_not_matter()
    {
        const string Reordered = """
            namespace Shop;
            [Service] public partial interface IB { ValueTask<Item> N(); }
            [Service] public partial interface IA { ValueTask Z(); ValueTask M(Item item); }
            public sealed record Item(int B, int A);
            """;
        const string Ordered = """
            namespace Shop;
            public sealed record Item(int A, int B);
            [Service] public partial interface IA { ValueTask M(Item item); ValueTask Z(); }
            [Service] public partial interface IB { ValueTask<Item> N(); }
            """;

        Assert.Equal(LockProject.Of(Ordered).Write(), LockProject.Of(Reordered).Write());
    }

    [Theory]
    [InlineData("ValueTask LogAsync(string line);", "ValueTask LogAsync(string line, int level = 0);", 1, 1)]
    [InlineData("string Name,", "string Name, int Weight,", 2, 1)]
    [InlineData("Red = 2,", "Red = 2, Amber = 1,", 1, 0)]
    [InlineData("[Throws<Missing>] ", "", 1, 3)]
    public void A_small_change_of_the_contract_is_a_small_change_of_the_lock(string before, string after, int added, int removed)
    {
        string[] old = Lock.Split('\n'), now = LockProject.Of(Contract.Edit(before, after)).Write().Split('\n');

        Assert.Equal((added, removed), (now.Except(old).Count(), old.Except(now).Count()));
    }

    public static TheoryData<string, string, int, string> Damages => new()
    {
        {
            "\"contractsLock\": 1,", "\"contractsLock\": 2,", 2,
            "the lock has format 2, and this version of SourceGen.Rpc reads 1; use the version that wrote it, or a later one."
        },
        { "\"contractsLock\": 1,", "\"contractsLock\": \"1\",", 2, "the format is a number; this version of SourceGen.Rpc reads 1." },
        { "\"contractsLock\": 1,", "", 1, "the lock does not begin with its format, \"contractsLock\": 1." },
        { "\"services\"", "\"service\"", 3, "'service' is no part of a lock; it has contractsLock, services, types, accepted." },
        { "\"M() -> void\"", "\"M() -> int33\"", 11, "'int33' is not a type." },
        { "\"M() -> void\"", "\"M() void\"", 11, "expected ' -> ', found ' void'." },
        { "\"M() -> void\"", "\"M() -> 'Shop.None'\"", 11, "the type \"Shop.None\" is not described anywhere." },
        { "\"M() -> void\"", "\"M() -> void\", \"M() -> int32\"", 11, "the method 'M' is there twice; keep one of the two." },
        { "\"M() -> void\"", "7", 11, "expected a line in quotes." },
        { "\"M() -> void\"", "\"M() -> void", 11, "the text that begins here has no closing quote on its line." },
        { "\"M() -> void\"", "\"M() \\-> void\"", 11, "a '\\' stands before '\"', '\\', '/' or 'u' with four hexadecimal digits." },
        { "\"Blue = 2\"", "\"Blue = two\"", 17, "expected an integer of 64 bits." },
        { "\"Green = -1\",", "\"Green = -1\"", 17, "expected ',' or ']', found '\"Blue = 2\",'." },
        { "\"What: string\"", "\"What string\"", 21, "expected ': ', found ' string }'." },
        { "'Shop.Missing' map\"", "'Shop.Missing' heap\"", 20, "expected 'map { ' or 'array { ', found 'heap { What: str'." },
        { "'Shop.Missing' map\"", "'Shop.Order' array\"", 23, "the type 'Shop.Order' is there twice; keep one of the two." },
        { "\"Shop.Empty\"", "\"Stock version 2\"", 10, "'Stock version 2' is there twice; keep one of the two." },
        {
            "    \"Shop.Empty\"", "<<<<<<< HEAD\n    \"Shop.Empty\"", 4,
            "a merge has left its mark here; keep the lines of one side, then update the lock."
        },
        { "\"Shop.Empty\": []", "\"Shop.Empty\": {}", 4, "expected a list of lines, '[ \"...\" ]'." },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task What_is_wrong_with_a_lock_is_said_at_its_line(string before, string after, int line, string problem)
    {
        string text = Lock.Edit(before, after);

        Assert.Equal(
            $"contracts.lock.json({line}): SGR0063: The contract lock cannot be read: {problem}",
            Assert.Single(await LockProject.Of(Contract, text).PrintAsync()));
    }

    [Theory]
    [InlineData("[]", "a lock begins with '{'.")]
    [InlineData("{", "expected a name in quotes, found the end.")]
    [InlineData("{} x", "there is more text behind the lock's last '}'; remove it.")]
    [InlineData("nonsense", "expected a value, found 'nonsense'.")]
    [InlineData("{\"contractsLock\": 99999999999}", "the number is too large.")]
    public async Task What_is_no_lock_at_all_is_said_too(string text, string problem) => Assert.Equal(
        "contracts.lock.json(1): SGR0063: The contract lock cannot be read: " + problem,
        Assert.Single(await LockProject.Of(Contract, text).PrintAsync()));

    [Fact]
    public async Task No_damage_makes_the_analyzer_fail()
    {
        Random random = new(7);
        var compilation = Harness.Compile(Contract);
        for (int i = 0; i < 300; i++)
        {
            char[] text = Lock.ToCharArray();
            for (int j = 0; j <= i % 3; j++) text[random.Next(text.Length)] = "{}[]\"',:\\ x1\n"[random.Next(13)];
            int length = i % 5 == 0 ? random.Next(text.Length) : text.Length;

            // An analyzer that throws ends the test, and so does one that says nothing: no two locks mean the same.
            string damaged = new(text, 0, length);
            if (damaged != Lock && damaged.Trim().Length > 0 && damaged.TrimEnd() != Lock.TrimEnd())
                Assert.NotEmpty(await LockProject.Of(compilation, damaged).AnalyzeAsync());
        }
    }

    [Fact]
    public async Task Two_locks_are_one_too_many()
    {
        string[] printed = await LockProject.Of(Contract, Lock, Lock).PrintAsync();

        Assert.Equal(2, printed.Length);
        Assert.All(printed, static line => Assert.Contains(
            "SGR0063: The contract lock cannot be read: the project has 2 of them: /project0/contracts.lock.json, "
            + "/project1/contracts.lock.json; keep one.", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_lock_that_is_named_twice_is_one() => Assert.Empty(await LockProject.OfSame(Contract, Lock).PrintAsync());

    [Fact]
    public async Task A_lock_that_means_the_same_and_is_written_otherwise_is_a_warning_at_the_first_such_line()
    {
        string text = Lock.Edit("\"Green = -1\",\n      \"Blue = 2\",", "\"Blue = 2\",\n      \"Green = -1\",");

        string printed = Assert.Single(await LockProject.Of(Contract, text).PrintAsync());

        Assert.StartsWith("contracts.lock.json(16): SGR0064: This line of the contract lock is", printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Methods_that_a_merge_has_put_into_another_order_are_read()
    {
        string text = Lock.Edit("\"Log(line: string) -> oneway\",\n", "")
            .Edit("\"Find(name", "\"Log(line: string) -> oneway\",\n      \"Find(name");

        Assert.Contains("SGR0064", Assert.Single(await LockProject.Of(Contract, text).PrintAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_file_is_a_lock_to_begin_with()
    {
        string[] printed = await LockProject.Of(Contract, "").PrintAsync();

        Assert.Equal(3, printed.Length);
        Assert.All(printed, static line => Assert.Contains("was added", line, StringComparison.Ordinal));
    }
}
