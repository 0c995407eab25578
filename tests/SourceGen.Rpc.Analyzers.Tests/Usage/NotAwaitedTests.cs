namespace SourceGen.Rpc.Analyzers.Tests.Usage;

public class NotAwaitedTests
{
    private static readonly Rule s_rule = new("SGR0074");

    [Fact]
    public Task A_call_that_is_dropped_in_a_method_without_async_is_reported() => s_rule.ReportsAsync("""
        class Program(IGreeter greeter)
        {
            void Statement() { [|greeter.LogAsync("a")|]; }
            void Arrow() => [|greeter.AddAsync(1)|];
            void Converted() { [|greeter.AddAsync(1).AsTask()|]; [|greeter.ResetAsync().ConfigureAwait(false)|]; }
            void Conditional(IGreeter? maybe) { maybe?[|.ResetAsync()|]; }
            Action Lambda() => () => [|greeter.ResetAsync()|];
        }
        """,
        "the call of 'IGreeter.LogAsync' is lost, its errors too: await it, return its task, or assign it to _");

    [Fact]
    public Task A_stream_that_nobody_reads_is_reported_also_in_async_methods() => s_rule.ReportsAsync("""
        class Program(IGreeter greeter)
        {
            async Task Async() { await Task.Yield(); [|greeter.TicksAsync(3)|]; }
        }
        """, "nothing is even sent before the stream is read");

    [Fact]
    public Task A_call_whose_task_goes_somewhere_is_let_pass() => s_rule.LetsPassAsync("""
        class Program(IGreeter greeter)
        {
            Task? _last;
            void Discarded() { _ = greeter.LogAsync("a"); }
            void Kept() { _last = greeter.ResetAsync(); }
            Task Returned() => greeter.ResetAsync();
            Func<Task> Lambda() => () => greeter.ResetAsync();
            async Task Awaited() { await greeter.ResetAsync(); await foreach (int tick in greeter.TicksAsync(3)) { } }
            void Passed() { Task.WhenAll(greeter.ResetAsync()); }
        }
        """);

    [Fact]
    public Task What_the_compiler_warns_of_itself_is_left_to_it() => s_rule.LetsPassAsync("""
        class Program(IGreeter greeter)
        {
        #pragma warning disable CS4014
            async Task Async() { await Task.Yield(); greeter.ResetAsync(); }
        #pragma warning restore CS4014
        }
        """);

    [Fact]
    public Task Calls_of_something_else_and_of_implementations_are_let_pass() => s_rule.LetsPassAsync("""
        sealed class Greeter : GreeterBase;
        class Program(INoService other, Greeter greeter)
        {
            void Other() { other.AddAsync(1); greeter.ResetAsync(default); }
        }
        """);

    [Fact]
    public Task An_expression_tree_makes_no_call() => s_rule.LetsPassAsync("""
        using System.Linq.Expressions;
        class Program
        {
            Expression<Action<IGreeter>> Setup() => greeter => greeter.ResetAsync(default);
        }
        """);

    [Fact]
    public Task The_fix_assigns_the_task_to_a_discard() => Fix.AppliesAsync("SGR0074", """
        class Program(IGreeter greeter)
        {
            void Run()
            {
                // fire and forget
                greeter.LogAsync("a"); // done
            }
        }
        """, """
        class Program(IGreeter greeter)
        {
            void Run()
            {
                // fire and forget
                _ = greeter.LogAsync("a"); // done
            }
        }
        """);

    [Fact]
    public Task The_fix_discards_all_of_a_conditional_call() => Fix.AppliesToAllAsync("SGR0074", """
        class Program
        {
            void One(IGreeter? maybe) { maybe?.ResetAsync(); }
            void Two(IGreeter greeter) => greeter.ResetAsync();
        }
        """, """
        class Program
        {
            void One(IGreeter? maybe) { _ = maybe?.ResetAsync(); }
            void Two(IGreeter greeter) => _ = greeter.ResetAsync();
        }
        """);

    [Fact]
    public Task No_discard_is_offered_for_a_stream_nor_where_the_name_is_taken() => Task.WhenAll(
        Fix.IsNotOfferedAsync("SGR0074", "class Program { void Run(IGreeter greeter) { greeter.TicksAsync(1); } }"),
        Fix.IsNotOfferedAsync("SGR0074", "class Program { Action<int> Run(IGreeter greeter) => _ => greeter.ResetAsync(); }"));
}
