using SourceGen.Rpc.Discovery.Tests.Support;

namespace SourceGen.Rpc.Discovery.Tests.Services;

/// <summary>A program without a host: start, run, stop, and what happens when one of them fails.</summary>
public sealed class RpcServiceTests
{
    private readonly ScriptedRegistry _registry = new();
    private readonly List<string> _steps = [];

    [Fact]
    public async Task AServiceIsEnteredFindsOthersByNameAndLeavesWhenItIsAskedTo()
    {
        RpcServiceOptions options = Options();
        options.Name = "ping";
        options.Version = "1.2";
        options.Server.Registration.IsRequired = true;
        using CancellationTokenSource stop = new();
        TaskCompletionSource<(string Answer, ServiceRecord Record)> seen = new();
        options.AfterStart.Add(async (service, ct) =>
        {
            string answer = await service.Client.Get<IPing>().WhoAsync(ct);
            seen.SetResult((answer, Assert.Single(_registry.Records)));
        });
        await using RpcService service = new RpcService(options).AddService<IPing>(new Ping("it"));

        Task run = service.RunAsync(stop.Token);
        (string answer, ServiceRecord record) = await Eventually.Done(seen.Task);
        Assert.Equal("it", answer);
        Assert.Equal(("ping", "1.2"), (record.Nodes[0].Metadata["app"], record.Nodes[0].Metadata["app-version"]));
        Assert.False(run.IsCompleted);

        await stop.CancelAsync();
        await run.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Empty(_registry.Records);
        Assert.True(_registry.IsDisposed);
        await service.StopAsync(); // Again is harmless.
        await Assert.ThrowsAsync<InvalidOperationException>(() => service.StartAsync());
    }

    [Fact]
    public async Task HooksRunInOrderBeforeAndInReverseAfter()
    {
        RpcServiceOptions options = WithHooks(Options());
        await using RpcService service = new RpcService(options).AddService<IPing>(new Ping("it"));
        await service.StartAsync();
        Assert.Equal(["before 1", "before 2", "after 1", "after 2"], _steps);
        _steps.Clear();
        await service.StopAsync();
        Assert.Equal(["stopping 2", "stopping 1", "stopped 2", "stopped 1"], _steps);
    }

    [Fact]
    public async Task C59_AStartThatFailsIsUndoneAndThrows()
    {
        RpcServiceOptions options = WithHooks(Options());
        options.Server.Registration.IsRequired = true;
        options.AfterStart.Insert(1, static (_, _) => throw new TimeoutException("the cache does not answer"));
        RpcService service = new RpcService(options).AddService<IPing>(new Ping("it"));
        TimeoutException error = await Assert.ThrowsAsync<TimeoutException>(() => service.RunAsync());
        Assert.Equal("the cache does not answer", error.Message);
        Assert.Equal(["before 1", "before 2", "after 1", "stopped 2", "stopped 1"], _steps);
        Assert.Empty(_registry.Records);
        await Assert.ThrowsAsync<RpcException>(async () => await RpcClient.ConnectAsync(service.Server.Addresses[0].ToString()));
        await service.DisposeAsync();
        Assert.Equal(5, _steps.Count); // Nothing runs twice.
    }

    [Fact]
    public async Task AStartThatIsGivenUpEndsTheRunWithoutAnError()
    {
        RpcServiceOptions options = Options();
        using CancellationTokenSource stop = new();
        options.BeforeStart.Add(async (_, _) => await stop.CancelAsync());
        await using RpcService service = new RpcService(options).AddService<IPing>(new Ping("it"));
        await service.RunAsync(stop.Token).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Empty(service.Server.Addresses);
    }

    [Fact]
    public async Task AHookThatFailsAtTheEndKeepsNothingRunningAndIsToldOf()
    {
        RpcServiceOptions options = WithHooks(Options());
        options.BeforeStop.Insert(1, static (_, _) => throw new TimeoutException("the cache does not answer"));
        RpcService service = new RpcService(options).AddService<IPing>(new Ping("it"));
        await service.StartAsync();
        _steps.Clear();
        AggregateException error = await Assert.ThrowsAsync<AggregateException>(() => service.StopAsync());
        Assert.IsType<TimeoutException>(Assert.Single(error.InnerExceptions));
        Assert.Equal(["stopping 2", "stopping 1", "stopped 2", "stopped 1"], _steps);
        Assert.True(_registry.IsDisposed);
    }

    [Fact]
    public async Task WhatIsMissingIsNamed()
    {
        await using RpcService caller = new(new RpcServiceOptions { Name = "caller", Client = { Address = "memory://nobody" } });
        Assert.Contains("caller has no server", Assert.Throws<InvalidOperationException>(() => caller.Server).Message);
        await using RpcService server = new(new RpcServiceOptions { Name = "server" }.Listen("memory://"));
        Assert.Contains("server has no client", Assert.Throws<InvalidOperationException>(() => server.Client).Message);

        ArgumentException scheme = Assert.Throws<ArgumentException>(() => new RpcService(Options().UseRegistry("etcd://here")));
        Assert.Contains("No registry serves 'etcd://'. Known here are scripted://", scheme.Message);
        Assert.Contains("is not one", Assert.Throws<ArgumentException>(() => new RpcService(Options().UseRegistry("here"))).Message);
    }

    [Theory]
    [InlineData("memory://service")]
    [InlineData("static://127.0.0.1:1")]
    [InlineData("file://")]
    [InlineData("mdns://")]
    public async Task TheRegistriesThatComeWithTheHostAreKnownWithOneCall(string address)
    {
        RpcServiceOptions options = new RpcServiceOptions().AddEmbeddedRegistries().UseRegistry(address);
        await using RpcService service = new(options); // A provider serves it, or this would throw.
        Assert.NotNull(service.Client);
    }

    private RpcServiceOptions Options() =>
        new RpcServiceOptions { HandleSignals = false }.Listen("tcp://127.0.0.1:0").UseRegistry("scripted://test", new Provider(_registry));

    private RpcServiceOptions WithHooks(RpcServiceOptions options)
    {
        foreach (int number in (int[])[1, 2])
        {
            options.BeforeStart.Add((_, _) => Note($"before {number}"));
            options.AfterStart.Add((_, _) => Note($"after {number}"));
            options.BeforeStop.Add((_, _) => Note($"stopping {number}"));
            options.AfterStop.Add((_, _) => Note($"stopped {number}"));
        }

        return options;

        ValueTask Note(string step)
        {
            _steps.Add(step);
            return default;
        }
    }

    private sealed class Provider(IRegistry registry) : IRegistryProvider
    {
        public string Scheme => "scripted";

        public IRegistry Create(RpcAddress address) => registry;
    }
}
