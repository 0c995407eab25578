namespace SourceGen.Rpc.Analyzers.Tests.Usage;

public class BlockingTests
{
    private static readonly Rule s_call = new("SGR0075");
    private static readonly Rule s_handler = new("SGR0076");

    [Fact]
    public Task Blocking_until_a_call_is_answered_is_reported_anywhere() => s_call.ReportsAsync("""
        class Program(IGreeter greeter)
        {
            int Result() => [|greeter.AddAsync(1).Result|];
            int Converted() => [|greeter.AddAsync(1).AsTask().Result|];
            int Awaiter() => [|greeter.AddAsync(1).GetAwaiter().GetResult()|];
            void Configured() => [|greeter.ResetAsync().ConfigureAwait(false).GetAwaiter().GetResult()|];
            void Wait() => [|greeter.ResetAsync().Wait()|];
            bool WaitFor() => [|greeter.ResetAsync().Wait(1000)|];
            void Variable() { Task reset = greeter.ResetAsync(); [|reset.Wait()|]; }
            void Many() => [|Task.WaitAll(greeter.ResetAsync(), Task.CompletedTask)|];
            async Task Async() { await Task.Yield(); Console.WriteLine([|greeter.NameAsync(1).Result|]); }
        }
        """,
        "'greeter.AddAsync(1).Result' blocks a thread until the call of 'IGreeter.AddAsync' is answered");

    [Fact]
    public Task Results_of_tasks_that_may_have_ended_and_other_tasks_are_let_pass() => s_call.LetsPassAsync("""
        class Program(IGreeter greeter, INoService other)
        {
            async Task<int> Both()
            {
                Task<int> one = greeter.AddAsync(1).AsTask(), two = greeter.AddAsync(2).AsTask();
                await Task.WhenAll(one, two);
                return one.Result + two.Result;
            }
            int Other() => other.AddAsync(1).Result;
            async Task<int> Awaited() => (await greeter.NameAsync(1)).Length;
        }
        """);

    [Fact]
    public Task A_handler_that_blocks_is_reported() => s_handler.ReportsAsync("""
        using System.Diagnostics;
        using System.Net;
        sealed class Greeter(SemaphoreSlim gate, ManualResetEventSlim signal, FileStream log, Process child) : GreeterBase
        {
            public override async ValueTask<int> AddAsync(int a, int b, CancellationToken ct)
            {
                [|Thread.Sleep(10)|];
                [|gate.Wait()|];
                [|signal.Wait(ct)|];
                [|Task.Delay(1).Wait()|];
                int sum = [|Task.FromResult(1).Result|];
                [|File.ReadAllText("a")|];
                [|log.Flush()|];
                [|Dns.GetHostEntry("localhost")|];
                [|child.WaitForExit()|];
                [|Task.WaitAll(Task.Delay(1))|];
                await Helper();
                return sum;
            }

            public override Task ResetAsync(CancellationToken ct) { [|Thread.Sleep(1)|]; return Task.CompletedTask; }

            private async Task Helper() { await Task.Yield(); [|Thread.Sleep(1)|]; }
        }
        """,
        "'Thread.Sleep(10)' blocks the thread of handler 'Greeter.AddAsync', which costs the server one for each such call: "
        + "await Task.Delay",
        "await WaitAsync", "TaskCompletionSource", "await the task", "await the task", "await File.ReadAllTextAsync",
        "await FileStream.FlushAsync", "await Dns.GetHostEntryAsync", "await Process.WaitForExitAsync", "await Task.WhenAll");

    [Fact]
    public Task Blocking_that_is_not_a_handlers_is_let_pass() => s_handler.LetsPassAsync("""
        sealed class Greeter : GreeterBase, IDisposable
        {
            private readonly Thread _worker = new(() => Thread.Sleep(1));
            public Greeter() => File.ReadAllText("settings");
            public override Task ResetAsync(CancellationToken ct) => Task.Run(() => Thread.Sleep(1), ct);
            public void Dispose() => _worker.Join();
        }

        sealed class NoService : INoService
        {
            public ValueTask<int> AddAsync(int a, CancellationToken ct) { Thread.Sleep(a); return new(a); }
            public void Plain() => Task.Delay(1).Wait();
        }
        """);

    [Fact]
    public Task What_does_not_block_is_let_pass() => s_handler.LetsPassAsync("""
        sealed class Greeter(SemaphoreSlim gate, Stream stream, MemoryStream memory) : GreeterBase
        {
            public override async ValueTask<int> AddAsync(int a, int b, CancellationToken ct)
            {
                if (!gate.Wait(0)) return 0;
                stream.Flush();
                memory.WriteByte(1);
                Task<int> work = Task.Run(() => 1);
                await work;
                return File.Exists("a") ? work.Result : (await File.ReadAllTextAsync("a", ct)).Length;
            }
        }
        """);

    [Fact]
    public Task A_service_call_that_a_handler_blocks_on_is_reported_once()
    {
        const string Source = """
            sealed class Relay(IGreeter next) : GreeterBase
            {
                public override ValueTask<int> AddAsync(int a, int b, CancellationToken ct) => new([|next.AddAsync(a, b, ct).Result|]);
            }
            """;
        return Task.WhenAll(s_call.ReportsAsync(Source), s_handler.LetsPassAsync(Markup.Parse(Source).Source));
    }

    [Fact]
    public Task The_fix_awaits_calls_in_async_methods() => Fix.AppliesToAllAsync("SGR0075", """
        class Program(IGreeter greeter)
        {
            async Task<int> Run()
            {
                greeter.ResetAsync().Wait(); // now
                int sum = greeter.AddAsync(1).AsTask().Result;
                return sum + greeter.NameAsync(2).GetAwaiter().GetResult().Length;
            }
        }
        """, """
        class Program(IGreeter greeter)
        {
            async Task<int> Run()
            {
                await greeter.ResetAsync(); // now
                int sum = await greeter.AddAsync(1);
                return sum + (await greeter.NameAsync(2)).Length;
            }
        }
        """, "Await it");

    [Fact]
    public Task The_fix_takes_the_method_that_can_be_awaited() => Fix.AppliesToAllAsync("SGR0076", """
        sealed class Greeter(SemaphoreSlim gate) : GreeterBase
        {
            public override async ValueTask<int> AddAsync(int a, int b, CancellationToken ct)
            {
                Thread.Sleep(10);
                gate.Wait();
                Task.Delay(1).Wait();
                return File.ReadAllText("a").Length;
            }
        }
        """, """
        sealed class Greeter(SemaphoreSlim gate) : GreeterBase
        {
            public override async ValueTask<int> AddAsync(int a, int b, CancellationToken ct)
            {
                await Task.Delay(10);
                await gate.WaitAsync();
                await Task.Delay(1);
                return (await File.ReadAllTextAsync("a")).Length;
            }
        }
        """, "Await it");

    [Fact]
    public Task No_await_is_offered_where_none_can_stand() => Task.WhenAll(
        Fix.IsNotOfferedAsync("SGR0075", "class Program { int Run(IGreeter greeter) => greeter.AddAsync(1).Result; }"),
        Fix.IsNotOfferedAsync("SGR0075", """
            class Program { async Task Run(IGreeter greeter) { await Task.Yield(); lock (greeter) greeter.ResetAsync().Wait(); } }
            """),
        Fix.IsNotOfferedAsync("SGR0075", """
            class Program { async Task Run(IGreeter greeter) { await Task.Yield(); Func<int> sum = () => greeter.AddAsync(1).Result; } }
            """));
}
