namespace SourceGen.Rpc.Analyzers.Tests.Usage;

public class AsyncVoidTests
{
    private static readonly Rule s_rule = new("SGR0078");

    [Fact]
    public Task An_async_void_method_or_local_function_of_an_implementation_is_reported() => s_rule.ReportsAsync("""
        sealed class Greeter : GreeterBase
        {
            public override Task ResetAsync(CancellationToken ct)
            {
                Local();
                return Task.CompletedTask;
                async void [|Local|]() => await Task.Yield();
            }

            async void [|Refresh|]() => await Task.Yield();
        }
        """, "'Local' is async void: nobody can await it, and an exception in it ends the server's process", "'Greeter.Refresh'");

    [Fact]
    public Task Handlers_of_events_and_other_classes_are_let_pass() => s_rule.LetsPassAsync("""
        sealed class Greeter : GreeterBase
        {
            async void OnExit(object? sender, EventArgs e) => await Task.Yield();
            async Task Fine() => await Task.Yield();
        }

        class Window
        {
            async void Refresh() => await Task.Yield();
        }
        """);

    [Fact]
    public Task The_fix_returns_a_task() => Fix.AppliesToAllAsync("SGR0078", """
        sealed class Greeter : GreeterBase
        {
            async void Refresh() => await Task.Yield();
            public async void Again() { await Task.Yield(); }
        }
        """, """
        sealed class Greeter : GreeterBase
        {
            async Task Refresh() => await Task.Yield();
            public async Task Again() { await Task.Yield(); }
        }
        """, "Return Task");

    [Fact]
    public Task No_fix_is_offered_where_the_type_is_another_types() => Fix.IsNotOfferedAsync("SGR0078", """
        sealed class Greeter : GreeterBase, INoService
        {
            ValueTask<int> INoService.AddAsync(int a, CancellationToken ct) => new(a);
            public async void Plain() => await Task.Yield();
        }
        """);
}
