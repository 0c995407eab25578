using SourceGen.Rpc.BuiltIn;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Discovery.Tests.Support;

namespace SourceGen.Rpc.Discovery.Tests.Registration;

public sealed class RegistrationTests : IAsyncDisposable
{
    private readonly ScriptedRegistry _registry = new();
    private readonly ManualClock _clock = new();
    private RpcServer? _server;

    public async ValueTask DisposeAsync()
    {
        if (_server is null) return;
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task AServerRegistersItsServicesWithAllThatIsKnown()
    {
        await StartAsync(static options =>
        {
            options.Registration.Weight = 7;
            options.Registration.Zone = "eu-1a";
            options.Registration.Group = "blue";
            options.Registration.Tags.Add("canary");
            options.Registration.Metadata["build"] = "42";
        });
        await RegisteredAsync();
        ServiceRecord record = Assert.Single(_registry.Records);
        Assert.Equal(("Tests.Ping", "", "blue"), (record.Name, record.Version, record.Group));
        ServiceNode node = Assert.Single(record.Nodes);
        Assert.Equal(_server!.Addresses[0].ToString(), node.Address);
        Assert.Equal((7, "eu-1a", "42"), (node.Weight, node.Zone, node.Metadata["build"]));
        Assert.Equal(["canary"], node.Tags.AsEnumerable());
        Assert.Equal(_clock.GetUtcNow(), node.StartTime);
        Assert.Equal(FingerprintOf<IPing>(), node.ContractFingerprint);
        ServiceEndpoint sum = Assert.Single(record.Endpoints, static endpoint => endpoint.Name == "Sum");
        Assert.Equal(("numbers", "stream<int32>"), (sum.Request!.Values[0].Name, sum.Request.Values[0].Type));
        Assert.Equal("string", sum.Response!.Type);
    }

    [Fact]
    public async Task ALeaseIsRenewedEveryIntervalAndALostOneIsMadeAgain()
    {
        await StartAsync();
        await RegisteredAsync();
        _registry.Forget();
        int before = _registry.Registrations;
        await AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => _registry.Registrations > before, atMost: TimeSpan.FromSeconds(31));
        await RegisteredAsync();
    }

    [Fact]
    public async Task C27_ARegistryThatFailsIsAskedAgainUntilItAnswers()
    {
        _registry.Fail("it is not up yet");
        await StartAsync();
        await Eventually.Is(() => _registry.Registrations > 0, "it was tried");
        await Eventually.Is(() => _server!.RegistrationState is { IsConnected: false }, "the state says so");
        Assert.Contains("it is not up yet", _server!.RegistrationState!.Problem);
        for (int i = 0; i < 6; i++)
        {
            int before = _registry.Registrations;
            await AdvanceUntilAsync(TimeSpan.FromMilliseconds(100), () => _registry.Registrations > before, atMost: TimeSpan.FromSeconds(5));
        }

        _registry.Fail(null);
        await AdvanceUntilAsync(TimeSpan.FromMilliseconds(100), () => !_registry.Records.IsEmpty, atMost: TimeSpan.FromSeconds(5));
        await Eventually.Is(() => _server.RegistrationState is { IsConnected: true }, "the state says so");
    }

    [Fact]
    public async Task AServerThatMustBeRegisteredDoesNotStartOtherwise()
    {
        _registry.Fail("it is not there");
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => StartAsync(static options => options.Registration.IsRequired = true));
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        RpcAddress address = Assert.Single(_server!.Addresses);
        await Assert.ThrowsAsync<RpcException>(async () => await RpcClient.ConnectAsync(address.ToString()));
    }

    [Fact]
    public async Task C56_AFailingCheckDeregistersUntilItPasses()
    {
        bool passes = true;
        await StartAsync(options => options.Registration.Check = _ => new ValueTask<bool>(passes));
        await RegisteredAsync();
        passes = false;
        await AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => _registry.Records.IsEmpty, atMost: TimeSpan.FromSeconds(20));
        int registrations = _registry.Registrations;
        for (int i = 0; i < 60; i++) _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(registrations, _registry.Registrations);
        passes = true;
        await AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => !_registry.Records.IsEmpty, atMost: TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task C56_ACheckThatThrowsCountsAsFailed()
    {
        await StartAsync(static options => options.Registration.Check = static _ => throw new InvalidOperationException("the database is gone"));
        for (int i = 0; i < 20; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(0, _registry.Registrations);
    }

    [Fact]
    public async Task C56_ACheckThatHangsCountsAsFailed_AndIsNotAskedAgainBeforeItHasEnded()
    {
        int asked = 0;
        TaskCompletionSource<bool>? hangs = null;
        await StartAsync(options => options.Registration.Check = _ =>
        {
            Interlocked.Increment(ref asked);
            return hangs is null ? new ValueTask<bool>(true) : new ValueTask<bool>(hangs.Task);
        });
        await RegisteredAsync();
        hangs = new TaskCompletionSource<bool>();
        int before = asked;
        await AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => _registry.Records.IsEmpty, atMost: TimeSpan.FromSeconds(30));
        for (int i = 0; i < 60; i++) _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.InRange(asked, before + 1, before + 2); // It may have passed once more before it hung.
        TaskCompletionSource<bool> ends = hangs;
        hangs = null;
        ends.SetResult(true);
        await AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => !_registry.Records.IsEmpty, atMost: TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task C58_NeitherACheckThatHangsNorARegistryThatBlocksHoldsUpTheStop()
    {
        bool hangs = false;
        using ManualResetEventSlim released = new();
        await StartAsync(options =>
        {
            options.Registration.TimeProvider = TimeProvider.System;
            options.Registration.DeregisterTimeout = TimeSpan.FromMilliseconds(50);
            options.Registration.CheckInterval = TimeSpan.FromMilliseconds(1);
            options.Registration.CheckTimeout = TimeSpan.FromDays(1);
            options.Registration.Check = async _ =>
            {
                if (hangs) await new TaskCompletionSource().Task;
                return true;
            };
        });
        await RegisteredAsync();
        hangs = true;
        _registry.DuringDeregistration = () =>
        {
            released.Wait();
            return Task.CompletedTask;
        };
        await Eventually.Done(_server!.StopAsync());
        released.Set();
    }

    [Fact]
    public async Task C59_AServerWhoseStartIsUndoneLeavesTheRegistry()
    {
        int registered = 0;
        await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(options =>
        {
            options.Registration.IsRequired = true;
            options.Lifecycle.Add(new RpcServerHooks
            {
                Started = (_, _) =>
                {
                    registered = _registry.Records.Length;
                    throw new IOException("the cache is cold");
                },
            });
        }));
        Assert.Equal(1, registered);
        Assert.Empty(_registry.Records);
    }

    [Fact]
    public async Task C58_TheStepsOfAStopAreInOrder()
    {
        List<string> steps = [];
        await StartAsync(options => options.Lifecycle.Add(new RpcServerHooks
        {
            Stopping = (server, _) =>
            {
                steps.Add($"{server.Health.GetStatus()}, {_registry.Records.Length} registered");
                return default;
            },
            Stopped = (_, _) =>
            {
                steps.Add("stopped");
                return default;
            },
        }));
        await RegisteredAsync();
        RpcClient client = await RpcClient.ConnectAsync(_server!.Addresses[0].ToString());
        await using (client)
        {
            IPing ping = client.Get<IPing>();
            _registry.DuringDeregistration = async () => steps.Add($"deregisters, {await ping.WhoAsync()} serves");
            await Eventually.Done(_server.StopAsync());
            await Assert.ThrowsAsync<RpcException>(async () => await RpcClient.ConnectAsync(_server.Addresses[0].ToString()));
        }

        Assert.Equal(["NotServing, 1 registered", "deregisters, server serves", "stopped"], steps);
    }

    [Fact]
    public async Task C56_AServiceThatIsNotServingIsTakenOutAtOnce()
    {
        await StartAsync();
        await RegisteredAsync();
        _server!.Health.SetStatus<IPing>(ServingStatus.NotServing);
        await Eventually.Is(() => _registry.Records.IsEmpty, "it is deregistered without the clock going on");
        _server.Health.SetStatus<IPing>(ServingStatus.Serving);
        await RegisteredAsync();
    }

    [Fact]
    public async Task C58_AStoppingServerLeavesTheRegistryBeforeItRefusesCalls()
    {
        await StartAsync();
        await RegisteredAsync();
        await using RpcClient client = await RpcClient.ConnectAsync(_server!.Addresses[0].ToString());
        IPing ping = client.Get<IPing>();
        TaskCompletionSource deregistering = new();
        TaskCompletionSource goOn = new();
        _registry.DuringDeregistration = async () =>
        {
            deregistering.SetResult();
            await goOn.Task;
        };
        Task stopping = _server.StopAsync();
        await Eventually.Done(deregistering.Task);
        Assert.Equal(ServingStatus.NotServing, _server.Health.GetStatus());
        Assert.Equal("server", await ping.WhoAsync());
        goOn.SetResult();
        await Eventually.Done(stopping);
        Assert.Empty(_registry.Records);
        Assert.Equal(1, _registry.Deregistrations);
    }

    [Fact]
    public async Task ARegistryThatHangsDoesNotHoldUpTheStop()
    {
        await StartAsync(static options => options.Registration.TimeProvider = TimeProvider.System, static options =>
            options.Registration.DeregisterTimeout = TimeSpan.FromMilliseconds(50));
        await RegisteredAsync();
        _registry.DuringDeregistration = static () => new TaskCompletionSource().Task;
        await Eventually.Done(_server!.StopAsync());
    }

    [Fact]
    public async Task WhereServersDoNotRegisterNothingIsAsked()
    {
        _registry.CanRegister = false;
        await StartAsync();
        await _server!.StopAsync();
        Assert.Equal(0, _registry.Registrations + _registry.Deregistrations);
    }

    [Theory]
    [InlineData("tcp://0.0.0.0:0")]
    [InlineData("tcp://*:0")]
    [InlineData("tcp://[::]:0")]
    public async Task AServerAtAllAddressesSaysOneThatCanBeCalled(string address)
    {
        await StartAsync(options =>
        {
            options.Addresses.Clear();
            options.Listen(address);
        });
        await RegisteredAsync();
        string advertised = _registry.Records[0].Nodes[0].Address;
        Assert.DoesNotContain("0.0.0.0", advertised);
        Assert.DoesNotContain("[::]", advertised);
        await using RpcClient client = await RpcClient.ConnectAsync(advertised);
        Assert.Equal("server", await client.Get<IPing>().WhoAsync());
    }

    [Fact]
    public async Task TheAddressCanBeGivenOrChosen()
    {
        await StartAsync(static options => options.Registration.AdvertisedAddresses.Add("tls://rpc.example:443"));
        await RegisteredAsync();
        Assert.Equal("tls://rpc.example:443", _registry.Records[0].Nodes[0].Address);
        await _server!.StopAsync();
        await StartAsync(static options =>
        {
            options.Addresses.Clear();
            options.Listen("tcp://0.0.0.0:0");
            options.Registration.AdvertisedInterface = "127.0.0.0/8";
        });
        await RegisteredAsync();
        Assert.StartsWith("tcp://127.0.0.1:", _registry.Records[0].Nodes[0].Address, StringComparison.Ordinal);
        await _server!.StopAsync();
        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(() => StartAsync(static options =>
        {
            options.Addresses.Clear();
            options.Listen("tcp://0.0.0.0:0");
            options.Registration.AdvertisedInterface = "wlan99";
        }));
        Assert.Contains("wlan99", error.Message);
    }

    [Fact]
    public async Task OfSeveralAddressesThoseOfTheNetworkAreRegisteredEachAsANode()
    {
        await StartAsync(static options =>
        {
            options.Listen("tcp://127.0.0.1:0");
            options.Listen($"memory://{Guid.NewGuid()}");
        });
        await RegisteredAsync();
        Assert.Equal(2, _registry.Records[0].Nodes.Length);
        Assert.All(_registry.Records[0].Nodes, static node => Assert.StartsWith("tcp://", node.Address, StringComparison.Ordinal));
        Assert.Equal(2, _registry.Records[0].Nodes.Select(static node => node.Id).Distinct().Count());
    }

    [Theory]
    [InlineData("Interval")]
    [InlineData("Weight")]
    [InlineData("Tags")]
    [InlineData("AdvertisedAddresses")]
    [InlineData("TimeToLive")]
    [InlineData("CheckTimeout")]
    public void WrongOptionsAreNamed(string name)
    {
        RpcRegistrationOptions options = new();
        switch (name)
        {
            case "Interval": options.Interval = TimeSpan.FromSeconds(60); break;
            case "CheckTimeout": options.CheckTimeout = TimeSpan.Zero; break;
            case "Weight": options.Weight = -1; break;
            case "Tags": options.Tags.Add("a,b"); break;
            case "AdvertisedAddresses": options.AdvertisedAddresses.Add("10.0.0.1"); break;
            default: options.TimeToLive = TimeSpan.Zero; break;
        }

        Assert.Contains($"Registration.{name}", Assert.Throws<ArgumentException>(options.Validate).Message);
    }

    private static ulong FingerprintOf<TService>()
        where TService : class, IRpcContract<TService> => TService.Contract.Fingerprint;

    private async Task StartAsync(params Action<RpcServerOptions>[] configure)
    {
        RpcServerOptions options = new();
        options.Listen("tcp://127.0.0.1:0");
        options.Registration.Registry = _registry;
        options.Registration.TimeProvider = _clock;
        foreach (Action<RpcServerOptions> change in configure) change(options);
        _server = new RpcServer(options).AddService<IPing>(new Ping("server"));
        await _server.StartAsync();
    }

    private Task RegisteredAsync() => Eventually.Is(() => !_registry.Records.IsEmpty, "the server is registered");

    private async Task AdvanceUntilAsync(TimeSpan step, Func<bool> condition, TimeSpan atMost)
    {
        for (TimeSpan gone = TimeSpan.Zero; !condition(); gone += step)
        {
            Assert.True(gone <= atMost, $"nothing happened for {atMost}");
            int asleep = _clock.Waiting(TimeSpan.FromDays(1));
            await Eventually.Is(() => condition() || asleep > 0 || (asleep = _clock.Waiting(TimeSpan.FromDays(1))) > 0, "the keeper waits for the clock");
            _clock.Advance(step);
            for (int i = 0; i < 10 && !condition(); i++) await Task.Delay(1); // For the pool to act on it.
        }
    }
}
