namespace SourceGen.Rpc.Analyzers.Tests.Usage;

public class TokenTests
{
    private static readonly Rule s_rule = new("SGR0073");

    [Fact]
    public Task A_call_that_leaves_out_a_token_at_hand_is_reported() => s_rule.ReportsAsync("""
        class Program(IGreeter greeter)
        {
            async Task Method(CancellationToken stop) => await greeter.[|AddAsync|](1);
            async Task Stream(CancellationToken stop) { await foreach (int tick in greeter.[|TicksAsync|](1)) { } }
            Func<CancellationToken, Task> Lambda() => token => greeter.[|ResetAsync|]();
            async Task Outer(CancellationToken stop)
            {
                await Local();
                Task Local() => greeter.[|ResetAsync|]();
            }
            async Task Conditional(IGreeter? maybe, CancellationToken stop) { if (maybe?.[|ResetAsync|]() is { } task) await task; }
        }
        """,
        "The call of 'IGreeter.AddAsync' goes on when 'stop' is cancelled: pass 'stop', or CancellationToken.None");

    [Fact]
    public Task A_handler_that_does_not_pass_its_token_on_is_reported() => s_rule.ReportsAsync("""
        sealed class Relay(IGreeter next) : GreeterBase
        {
            public override Task ResetAsync(CancellationToken ct) => next.[|ResetAsync|]();
        }
        """, "'ct'");

    [Fact]
    public Task A_call_without_a_token_at_hand_or_with_one_passed_is_let_pass() => s_rule.LetsPassAsync("""
        class Program(IGreeter greeter)
        {
            async Task NoToken() => await greeter.AddAsync(1);
            async Task Passed(CancellationToken stop) { await greeter.AddAsync(1, 2, stop); await greeter.AddAsync(1, ct: stop); }
            async Task OnPurpose(CancellationToken stop) { await greeter.ResetAsync(CancellationToken.None); await greeter.ResetAsync(default); }
            async Task TakesNone(CancellationToken stop) => await greeter.LogAsync("a");
        }
        """);

    [Fact]
    public Task What_cleans_up_may_run_although_the_token_is_cancelled() => s_rule.LetsPassAsync("""
        class Program(IGreeter greeter)
        {
            async Task Run(CancellationToken stop)
            {
                try { await greeter.ResetAsync(stop); }
                catch (RpcException) { await greeter.ResetAsync(); }
                finally { await greeter.ResetAsync(); }
            }
        }
        """);

    [Fact]
    public Task A_token_that_cannot_be_reached_or_was_discarded_is_not_at_hand() => s_rule.LetsPassAsync("""
        class Program
        {
            static readonly IGreeter s_greeter = null!;
            async Task Static(CancellationToken stop)
            {
                await Local();
                static Task Local() => s_greeter.ResetAsync();
            }
            Task Discarded() => Parallel.ForAsync(0, 3, async (i, _) => await s_greeter.AddAsync(i));
        }
        """);

    [Fact]
    public Task The_fix_passes_the_token_by_place_or_by_name() => Fix.AppliesToAllAsync("SGR0073", """
        class Program(IGreeter greeter)
        {
            async Task Run(CancellationToken stop)
            {
                await greeter.ResetAsync();
                await greeter.AddAsync(1);
                await greeter.AddAsync(1, 2);
                await greeter.AddAsync(b: 2, a: 1).ConfigureAwait(false);
            }
        }
        """, """
        class Program(IGreeter greeter)
        {
            async Task Run(CancellationToken stop)
            {
                await greeter.ResetAsync(stop);
                await greeter.AddAsync(1, ct: stop);
                await greeter.AddAsync(1, 2, stop);
                await greeter.AddAsync(b: 2, a: 1, ct: stop).ConfigureAwait(false);
            }
        }
        """, "Pass 'stop'");
}
