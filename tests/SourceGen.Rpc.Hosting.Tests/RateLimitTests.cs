using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using SourceGen.Rpc.Hosting.Tests.Support;

namespace SourceGen.Rpc.Hosting.Tests;

/// <summary>
/// A rate limiter that configuration asks for. Its windows are days, so that no bucket is filled again while a test runs.
/// </summary>
public sealed class RateLimitTests
{
    [Theory]
    [InlineData("Server", 0)]
    [InlineData("Connection", 2)]
    [InlineData("method", 0)]
    public async Task Calls_beyond_the_burst_are_refused_and_other_connections_as_the_partition_says(string partition, int others)
    {
        IHost host = await StartAsync(("PermitLimit", "1"), ("Window", "100d"), ("Burst", "2"), ("Partition", partition));
        await using RpcClient first = await RpcClient.ConnectAsync(host.AddressOf());
        await using RpcClient second = await RpcClient.ConnectAsync(host.AddressOf());
        Assert.Equal(2, await CountServedAsync(first));
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => first.Get<IGreeter>().GreetAsync("you").AsTask());
        Assert.Equal((RpcStatusCode.ResourceExhausted, RpcCallProgress.Refused), (error.Code, error.Progress));
        Assert.True(error.TryGetDetail(out RpcRetryAfter? retry));
        Assert.True(retry.Delay > TimeSpan.Zero);
        Assert.Equal(others, await CountServedAsync(second));
        await host.StopAndDisposeAsync();
    }

    [Fact]
    public async Task Methods_may_have_a_limit_each()
    {
        IHost host = await StartAsync(("PermitLimit", "1"), ("Window", "100d"), ("Partition", "Method"));
        await using RpcClient client = await RpcClient.ConnectAsync(host.AddressOf());
        Assert.Equal(1, await CountServedAsync(client));
        Assert.Equal(3, await client.Get<ICalculator>().AddAsync(1, 2));
        await host.StopAndDisposeAsync();
    }

    [Fact]
    public async Task PerSecond_is_the_burst_too_unless_it_is_said()
    {
        IHost host = await StartAsync(("PerSecond", "100000"));
        await using RpcClient client = await RpcClient.ConnectAsync(host.AddressOf());
        Assert.Equal(50, await CountServedAsync(client));
        await host.StopAndDisposeAsync();
    }

    [Fact]
    public async Task What_configuration_has_made_is_disposed_of_with_the_host()
    {
        IHost host = await StartAsync(("PerSecond", "100000"));
        RpcServerOptions options = host.Services.GetRequiredService<IOptionsMonitor<RpcServerOptions>>().CurrentValue;
        RpcCallInfo call = new(RpcAddress.Parse("memory://x"), 1, "S", "M", OneWay: false);
        options.RateLimiter!.AttemptAcquire(call).Dispose();
        await host.StopAndDisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => options.RateLimiter.AttemptAcquire(call));
    }

    [Theory]
    [InlineData("PerSecond=0", "PerSecond is 0; it must be at least 1.")]
    [InlineData("PerSecond=10;Burst=-1", "Burst is -1; it must be at least 1.")]
    [InlineData("PermitLimit=10;Window=0s", "Window is 00:00:00; it must be positive.")]
    [InlineData("PerSecond=10;PermitLimit=10", "write PerSecond alone, or PermitLimit with Window.")]
    [InlineData("PermitLimit=10", "it has only one of PermitLimit and Window; write both, or PerSecond.")]
    [InlineData("Window=10s", "it has only one of PermitLimit and Window; write both, or PerSecond.")]
    [InlineData("Burst=10", "it does not say how many calls are let through; write PerSecond, such as 1000, or PermitLimit with Window")]
    [InlineData("PerSecond=many", "Rpc:Server:RateLimit:PerSecond is 'many'; it must be a whole number, such as 1000.")]
    [InlineData("PerSecond=10;Partition=Caller", "Rpc:Server:RateLimit:Partition is 'Caller'; it must be Server or Connection or Method.")]
    [InlineData("PerSecond=10;Brust=1", "Rpc:Server:RateLimit:Brust is not a known key. Did you mean Burst?")]
    public async Task A_mistake_is_named_with_its_place_and_the_host_does_not_start(string keys, string mistake)
    {
        (string, string)[] pairs = [.. keys.Split(';').Select(static pair => (pair.Split('=')[0], pair.Split('=')[1]))];
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(pairs));
        Assert.Contains("Rpc:Server:RateLimit", error.Message, StringComparison.Ordinal);
        Assert.Contains(mistake, error.Message, StringComparison.Ordinal);
    }

    private static Task<IHost> StartAsync(params (string Key, string Value)[] limit) => TestHost.StartAsync(
        static services => services.AddRpcServer(static o => o.Listen("memory://"))
            .AddService<IGreeter, Greeter>()
            .AddService<ICalculator, Calculator>(),
        [.. limit.Select(static pair => ($"Rpc:Server:RateLimit:{pair.Key}", (string?)pair.Value))]);

    /// <summary>How many of 50 calls are served.</summary>
    private static async Task<int> CountServedAsync(RpcClient client)
    {
        int served = 0;
        for (int i = 0; i < 50; i++)
        {
            try
            {
                await client.Get<IGreeter>().GreetAsync("you");
                served++;
            }
            catch (RpcException e) when (e.Code == RpcStatusCode.ResourceExhausted)
            {
            }
        }

        return served;
    }
}
