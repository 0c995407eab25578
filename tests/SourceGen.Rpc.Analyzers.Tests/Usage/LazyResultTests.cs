namespace SourceGen.Rpc.Analyzers.Tests.Usage;

public class LazyResultTests
{
    private static readonly Rule s_rule = new("SGR0071");

    [Fact]
    public Task A_handler_that_returns_a_query_or_an_iterator_is_reported() => s_rule.ReportsAsync("""
        sealed class Query(List<int> items) : GreeterBase
        {
            public override async ValueTask<IEnumerable<int>> ListAsync(CancellationToken ct)
            {
                await Task.Yield();
                if (items.Count == 0) return [|from i in items where i > 0 select i|];
                return [|items.Where(i => i > 0).OrderBy(i => i)|];
            }
        }

        sealed class Iterator : GreeterBase
        {
            public override ValueTask<IEnumerable<int>> ListAsync(CancellationToken ct) => new([|Items()|]);
            private static IEnumerable<int> Items() { yield return 1; }
        }

        sealed class Wrapped(List<int> items) : GreeterBase
        {
            public override ValueTask<IEnumerable<int>> ListAsync(CancellationToken ct) => ValueTask.FromResult([|items.Select(i => i)|]);
        }
        """,
        "'from i in items where i > 0 select i' is computed while the reply of 'Query.ListAsync' is written");

    [Fact]
    public Task Computed_results_and_methods_that_are_no_handlers_are_let_pass() => s_rule.LetsPassAsync("""
        sealed class Greeter(List<int> items) : GreeterBase
        {
            public override async ValueTask<IEnumerable<int>> ListAsync(CancellationToken ct)
            {
                await Task.Yield();
                if (items.Count == 0) return Enumerable.Empty<int>();
                if (items.Count == 1) return items;
                if (items.Count == 2) return Items();
                Func<IEnumerable<int>> lazy = () => items.Where(i => i > 0);
                return items.Where(i => i > 0).ToList();
            }

            private IEnumerable<int> Items() => [1];
            public Task<IEnumerable<int>> Own() => Task.FromResult(items.Where(i => i > 0));
        }
        """);

    [Fact]
    public Task The_fix_computes_the_sequence() => Fix.AppliesToAllAsync("SGR0071", """
        sealed class Query(List<int> items) : GreeterBase
        {
            public override async ValueTask<IEnumerable<int>> ListAsync(CancellationToken ct)
            {
                await Task.Yield();
                if (items.Count == 0) return from i in items where i > 0 select i;
                return items.Where(i => i > 0);
            }
        }

        sealed class Iterator : GreeterBase
        {
            public override ValueTask<IEnumerable<int>> ListAsync(CancellationToken ct) => new(Items());
            private static IEnumerable<int> Items() { yield return 1; }
        }
        """, """
        sealed class Query(List<int> items) : GreeterBase
        {
            public override async ValueTask<IEnumerable<int>> ListAsync(CancellationToken ct)
            {
                await Task.Yield();
                if (items.Count == 0) return [.. from i in items where i > 0 select i];
                return [.. items.Where(i => i > 0)];
            }
        }

        sealed class Iterator : GreeterBase
        {
            public override ValueTask<IEnumerable<int>> ListAsync(CancellationToken ct) => new([.. Items()]);
            private static IEnumerable<int> Items() { yield return 1; }
        }
        """, "Compute it here");

    [Fact]
    public Task No_fix_is_offered_where_the_type_would_be_inferred_from_it() => Fix.IsNotOfferedAsync("SGR0071", """
        sealed class Wrapped(List<int> items) : GreeterBase
        {
            public override ValueTask<IEnumerable<int>> ListAsync(CancellationToken ct) => ValueTask.FromResult(items.Select(i => i));
        }
        """);
}
