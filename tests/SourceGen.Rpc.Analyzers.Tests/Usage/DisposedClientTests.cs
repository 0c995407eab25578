namespace SourceGen.Rpc.Analyzers.Tests.Usage;

public class DisposedClientTests
{
    private static readonly Rule s_rule = new("SGR0083");

    [Fact]
    public Task A_client_or_its_proxy_used_after_its_disposal_is_reported() => s_rule.ReportsAsync("""
        class Program
        {
            async Task Proxy()
            {
                RpcClient client = RpcClient.Create("tcp://127.0.0.1:1");
                IGreeter greeter = client.Get<IGreeter>();
                await greeter.ResetAsync();
                await client.DisposeAsync();
                await [|greeter.ResetAsync()|];
                await greeter.ResetAsync();
            }

            async Task Client(bool more)
            {
                RpcClient client = await RpcClient.ConnectAsync("tcp://127.0.0.1:1");
                if (more)
                {
                    await client.DisposeAsync().ConfigureAwait(false);
                    await [|client.Get<IGreeter>()|].ResetAsync();
                }
            }
        }
        """,
        "'greeter.ResetAsync()' is used after its client 'client' was disposed of, and every call fails", "'client.Get<IGreeter>()'");

    [Fact]
    public Task A_client_or_its_proxy_that_is_returned_out_of_its_using_is_reported() => s_rule.ReportsAsync("""
        class Program
        {
            async Task<IGreeter> Declared()
            {
                await using RpcClient client = await RpcClient.ConnectAsync("tcp://127.0.0.1:1");
                return [|client.Get<IGreeter>()|];
            }

            async Task<IGreeter> Variable()
            {
                await using var client = RpcClient.Create("tcp://127.0.0.1:1");
                var greeter = client.Get<IGreeter>();
                return [|greeter|];
            }

            async Task<RpcClient> Statement()
            {
                await using (RpcClient client = RpcClient.Create("tcp://127.0.0.1:1"))
                {
                    return [|client|];
                }
            }
        }
        """, "'client.Get<IGreeter>()' is returned, but its client 'client' is disposed of before the caller gets it");

    [Fact]
    public Task Use_before_the_disposal_or_of_another_client_is_let_pass() => s_rule.LetsPassAsync("""
        class Program
        {
            async Task<int> Right()
            {
                await using RpcClient client = await RpcClient.ConnectAsync("tcp://127.0.0.1:1");
                IGreeter greeter = client.Get<IGreeter>();
                return await greeter.AddAsync(1);
            }

            async Task Again(bool stop)
            {
                RpcClient client = RpcClient.Create("tcp://127.0.0.1:1");
                IGreeter greeter = client.Get<IGreeter>();
                if (stop) { await client.DisposeAsync(); return; }
                await greeter.ResetAsync();
                await client.DisposeAsync();
                Console.WriteLine(client.IsConnected);
                Func<Task> later = () => greeter.ResetAsync();
            }

            async Task Replaced()
            {
                RpcClient client = RpcClient.Create("tcp://127.0.0.1:1");
                await client.DisposeAsync();
                client = RpcClient.Create("tcp://127.0.0.1:2");
                await client.Get<IGreeter>().ResetAsync();
                await client.DisposeAsync();
            }

            RpcClient Owned()
            {
                RpcClient client = RpcClient.Create("tcp://127.0.0.1:1");
                return client;
            }

            async Task<Func<IGreeter>> Lambda()
            {
                await using RpcClient client = RpcClient.Create("tcp://127.0.0.1:1");
                Func<IGreeter> get = () => { return client.Get<IGreeter>(); };
                get();
                return () => null!;
            }
        }
        """);
}
