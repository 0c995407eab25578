namespace SourceGen.Rpc.Analyzers.Tests.Usage;

public class ContractAdviceTests
{
    private static readonly Rule s_enumerable = new("SGR0070");
    private static readonly Rule s_noToken = new("SGR0072");
    private static readonly Rule s_overloads = new("SGR0082");

    [Fact]
    public Task A_result_that_is_a_sequence_is_reported() => s_enumerable.ReportsAsync("""
        [Service]
        public partial interface IShop
        {
            ValueTask<IEnumerable<string>> [|NamesAsync|](CancellationToken ct = default);
            Task<IEnumerable<int>> [|IdsAsync|](CancellationToken ct = default);
            ValueTask<List<string>> ListAsync(CancellationToken ct = default);
            ValueTask<IReadOnlyList<string>> ReadAsync(CancellationToken ct = default);
            IAsyncEnumerable<string> StreamAsync(CancellationToken ct = default);
            ValueTask TakeAsync(IEnumerable<string> names, CancellationToken ct = default);
        }

        public interface INotAContract { ValueTask<IEnumerable<string>> NamesAsync(); }
        """, "Method 'IShop.NamesAsync' returns 'IEnumerable<string>'", "return IReadOnlyList<int>, or IAsyncEnumerable<int>");

    [Fact]
    public Task The_fix_returns_a_list() => Fix.AppliesToAllAsync("SGR0070", """
        [Service]
        public partial interface IShop
        {
            ValueTask<IEnumerable<string>> NamesAsync(CancellationToken ct = default);
            Task<IEnumerable<List<int>>?> IdsAsync(CancellationToken ct = default);
        }
        """, """
        [Service]
        public partial interface IShop
        {
            ValueTask<IReadOnlyList<string>> NamesAsync(CancellationToken ct = default);
            Task<IReadOnlyList<List<int>>?> IdsAsync(CancellationToken ct = default);
        }
        """, "Return IReadOnlyList<T>");

    [Fact]
    public Task A_method_without_a_token_is_reported_unless_it_is_one_way() => s_noToken.ReportsAsync("""
        [Service]
        public partial interface IShop
        {
            ValueTask [|BuyAsync|](string sku);
            ValueTask SellAsync(string sku, CancellationToken ct);
            [OneWay] ValueTask LogAsync(string line);
            ValueTask Body() => default;
            static ValueTask Static() => default;
        }

        public interface INotAContract { ValueTask BuyAsync(string sku); }
        """, "Method 'IShop.BuyAsync' takes no CancellationToken");

    [Fact]
    public Task The_fix_adds_the_token_to_the_contract_and_to_what_implements_it() => Fix.AppliesAsync("SGR0072", """
        [Service]
        public partial interface IShop
        {
            ValueTask BuyAsync(string sku);
        }

        sealed class Shop : IShop
        {
            public ValueTask BuyAsync(string sku) => default;
        }

        sealed class Explicit : IShop
        {
            ValueTask IShop.BuyAsync(string sku) => default;
        }
        """, """
        [Service]
        public partial interface IShop
        {
            ValueTask BuyAsync(string sku, CancellationToken cancellationToken = default);
        }

        sealed class Shop : IShop
        {
            public ValueTask BuyAsync(string sku, CancellationToken cancellationToken = default) => default;
        }

        sealed class Explicit : IShop
        {
            ValueTask IShop.BuyAsync(string sku, CancellationToken cancellationToken) => default;
        }
        """);

    [Fact]
    public Task The_fix_marks_the_token_of_an_iterator() => Fix.AppliesAsync("SGR0072", """
        [Service]
        public partial interface IClock
        {
            IAsyncEnumerable<int> TicksAsync();
        }

        sealed class Clock : IClock
        {
            public async IAsyncEnumerable<int> TicksAsync() { await Task.Yield(); yield return 1; }
        }
        """, """
        [Service]
        public partial interface IClock
        {
            IAsyncEnumerable<int> TicksAsync(CancellationToken cancellationToken = default);
        }

        sealed class Clock : IClock
        {
            public async IAsyncEnumerable<int> TicksAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default) { await Task.Yield(); yield return 1; }
        }
        """);

    [Fact]
    public Task All_methods_of_a_contract_get_their_tokens_at_once() => Fix.AppliesToAllAsync("SGR0072", """
        [Service]
        public partial interface IShop
        {
            ValueTask BuyAsync(string sku);
            Task<int> CountAsync();
        }

        sealed class Shop : IShop
        {
            public ValueTask BuyAsync(string sku) => default;
            public Task<int> CountAsync() => Task.FromResult(1);
        }
        """, """
        [Service]
        public partial interface IShop
        {
            ValueTask BuyAsync(string sku, CancellationToken cancellationToken = default);
            Task<int> CountAsync(CancellationToken cancellationToken = default);
        }

        sealed class Shop : IShop
        {
            public ValueTask BuyAsync(string sku, CancellationToken cancellationToken = default) => default;
            public Task<int> CountAsync(CancellationToken cancellationToken = default) => Task.FromResult(1);
        }
        """);

    [Fact]
    public Task Overloads_that_the_same_arguments_fit_are_reported() => s_overloads.ReportsAsync("""
        [Service]
        public partial interface IShop
        {
            ValueTask FindAsync(string name, CancellationToken ct = default);
            [Method(Name = "FindMany")] ValueTask [|FindAsync|](string name, int limit = 10, CancellationToken ct = default);
            ValueTask ClearAsync(int a = 0);
            [Method(Name = "ClearAll")] ValueTask [|ClearAsync|](string b = "");
        }
        """,
        "Methods 'FindAsync(string, CancellationToken)' and 'FindAsync(string, int, CancellationToken)' can be called with the same "
        + "arguments (string), and go to 'Find' and 'FindMany' on the wire", "arguments, none at all");

    [Fact]
    public Task Overloads_that_arguments_tell_apart_are_let_pass() => s_overloads.LetsPassAsync("""
        [Service]
        public partial interface IShop
        {
            ValueTask AddAsync(int value, CancellationToken ct = default);
            [Method(Name = "AddLong")] ValueTask AddAsync(long value, CancellationToken ct = default);
            [Method(Name = "AddTwo")] ValueTask AddAsync(int value, int other, CancellationToken ct = default);
            [Method(Name = "Plain")] ValueTask PutAsync(int value);
            [Method(Name = "WithToken")] ValueTask PutAsync(int value, CancellationToken ct);
        }
        """);
}
