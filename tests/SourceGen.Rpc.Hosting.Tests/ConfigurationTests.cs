using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Hosting.Tests.Support;
using SourceGen.Rpc.Selection;
using SourceGen.Rpc.Selection.Health;

namespace SourceGen.Rpc.Hosting.Tests;

public sealed class ConfigurationTests
{
    [Fact]
    public async Task ServerSection_SetsEveryKey()
    {
        RpcServerOptions options = await ReadServerAsync(
            ("Rpc:Server:Addresses:0", "memory://a"),
            ("Rpc:Server:Addresses:1", "memory://b"),
            ("Rpc:Server:LowLatency", "True"),
            ("Rpc:Server:FlowContext", "false"),
            ("Rpc:Server:IncludeExceptionDetails", "true"),
            ("Rpc:Server:DrainTimeout", "00:00:05"),
            ("Rpc:Server:StopDelay", "3s"),
            ("Rpc:Server:GoAwayGrace", "0s"),
            ("Rpc:Server:HookTimeout", "4s"),
            ("Rpc:Server:AdaptiveLimit:MinLimit", "3"),
            ("Rpc:Server:AdaptiveLimit:MaxLimit", "300"),
            ("Rpc:Server:AdaptiveLimit:InitialLimit", "30"),
            ("Rpc:Server:AdaptiveLimit:Window", "50ms"),
            ("Rpc:Server:AdaptiveLimit:Tolerance", "0.3"),
            ("Rpc:Server:AdaptiveLimit:QueueLength", "33"),
            ("Rpc:Server:AdaptiveLimit:QueueBytes", "2MiB"),
            ("Rpc:Server:AdaptiveLimit:MaxQueueTime", "20ms"),
            ("Rpc:Server:HandshakeTimeout", "1.5s"),
            ("Rpc:Server:CallTimeout", "infinite"),
            ("Rpc:Server:MaxConnections", "500"),
            ("Rpc:Server:MaxConnectionsPerAddress", "20"),
            ("Rpc:Server:MaxConnectionsInHandshake", "50"),
            ("Rpc:Server:MaxTotalConcurrentCalls", "3000"),
            ("Rpc:Server:KeepAliveInterval", "2m"),
            ("Rpc:Server:KeepAliveTimeout", "250 ms"),
            ("Rpc:Server:Limits:MaxMessageSize", "32MiB"),
            ("Rpc:Server:Limits:FragmentSize", "64 KiB"),
            ("Rpc:Server:Limits:MaxFrameSize", "2097152"),
            ("Rpc:Server:Limits:MaxConcurrentCalls", "100"),
            ("Rpc:Server:Limits:MaxReassemblySize", "4GiB"),
            ("Rpc:Server:Limits:MaxHeaderSize", "8KiB"),
            ("Rpc:Server:Limits:StreamWindow", "128KiB"),
            ("Rpc:Server:Limits:ConnectionStreamWindow", "2MiB"),
            ("rpc:server:limits:maxoutputbacklog", "1MiB"));

        Assert.Equal(["memory://a", "memory://b"], options.Addresses);
        Assert.True(options.LowLatency);
        Assert.False(options.FlowContext);
        Assert.True(options.IncludeExceptionDetails);
        Assert.Equal(TimeSpan.FromSeconds(5), options.DrainTimeout);
        Assert.Equal(TimeSpan.FromSeconds(3), options.StopDelay);
        Assert.Equal(TimeSpan.Zero, options.GoAwayGrace);
        Assert.Equal(TimeSpan.FromSeconds(4), options.HookTimeout);
        RpcAdaptiveLimit limit = options.AdaptiveLimit!;
        Assert.Equal((3, 300, 30, 0.3, 33), (limit.MinLimit, limit.MaxLimit, limit.InitialLimit, limit.Tolerance, limit.QueueLength));
        Assert.Equal((50, 20), (limit.Window.TotalMilliseconds, limit.MaxQueueTime.TotalMilliseconds));
        Assert.Equal(2 * 1024 * 1024, limit.QueueBytes);
        Assert.Equal(TimeSpan.FromSeconds(1.5), options.HandshakeTimeout);
        Assert.Equal(Timeout.InfiniteTimeSpan, options.CallTimeout);
        Assert.Equal(500, options.MaxConnections);
        Assert.Equal(20, options.MaxConnectionsPerAddress);
        Assert.Equal(50, options.MaxConnectionsInHandshake);
        Assert.Equal(3000, options.MaxTotalConcurrentCalls);
        Assert.Equal(TimeSpan.FromMinutes(2), options.KeepAliveInterval);
        Assert.Equal(TimeSpan.FromMilliseconds(250), options.KeepAliveTimeout);
        Assert.Equal(32 * 1024 * 1024, options.Limits.MaxMessageSize);
        Assert.Equal(64 * 1024, options.Limits.FragmentSize);
        Assert.Equal(2 * 1024 * 1024, options.Limits.MaxFrameSize);
        Assert.Equal(100, options.Limits.MaxConcurrentCalls);
        Assert.Equal(4L * 1024 * 1024 * 1024, options.Limits.MaxReassemblySize);
        Assert.Equal(8 * 1024, options.Limits.MaxHeaderSize);
        Assert.Equal(1024 * 1024, options.Limits.MaxOutputBacklog);
        Assert.Equal(128 * 1024, options.Limits.StreamWindow);
        Assert.Equal(2 * 1024 * 1024, options.Limits.ConnectionStreamWindow);
    }

    [Fact]
    public async Task ClientSection_SetsEveryKey()
    {
        RpcClientOptions options = await ReadClientAsync(
            ("Rpc:Client:Address", "memory://a"),
            ("Rpc:Client:ConnectTimeout", "1s"),
            ("Rpc:Client:PreferInProcess", "true"),
            ("Rpc:Client:Isolation", "share"),
            ("Rpc:Client:CallTimeout", "infinite"),
            ("Rpc:Client:Headers:tenant", "acme"),
            ("Rpc:Client:Headers:region", "größer"),
            ("Rpc:Client:DrainTimeout", "2s"),
            ("Rpc:Client:IncludeExceptionDetails", "true"),
            ("Rpc:Client:ReconnectDelay", "10ms"),
            ("Rpc:Client:MaxReconnectDelay", "1m"),
            ("Rpc:Client:LowLatency", "true"),
            ("Rpc:Client:KeepAliveInterval", "1h"),
            ("Rpc:Client:KeepAliveTimeout", "1d"),
            ("Rpc:Client:Limits:MaxConcurrentCalls", "7"));

        Assert.True(options.PreferInProcess);
        Assert.Equal(RpcIsolation.Share, options.Isolation);
        Assert.Equal("memory://a", options.Address);
        Assert.Equal(TimeSpan.FromSeconds(1), options.ConnectTimeout);
        Assert.Equal(Timeout.InfiniteTimeSpan, options.CallTimeout);
        Assert.Equal(["region: größer", "tenant: acme"], options.Headers.Select(header => $"{header.Key}: {header.Value}").Order());
        Assert.Equal(TimeSpan.FromSeconds(2), options.DrainTimeout);
        Assert.True(options.IncludeExceptionDetails);
        Assert.Equal(TimeSpan.FromMilliseconds(10), options.ReconnectDelay);
        Assert.Equal(TimeSpan.FromMinutes(1), options.MaxReconnectDelay);
        Assert.True(options.LowLatency);
        Assert.Equal(TimeSpan.FromHours(1), options.KeepAliveInterval);
        Assert.Equal(TimeSpan.FromDays(1), options.KeepAliveTimeout);
        Assert.Equal(7, options.Limits.MaxConcurrentCalls);
    }

    [Fact]
    public async Task PolicySections_SetHowCallsAreMade()
    {
        RpcClientOptions options = await ReadClientAsync(
            ("Rpc:Client:Address", "memory://a"),
            ("Rpc:Client:Policy:Strategy", "zoneaware"),
            ("Rpc:Client:Policy:Retries", "4"),
            ("Rpc:Client:Policy:AttemptTimeout", "200ms"),
            ("Rpc:Client:Policy:RetryOn", "Unavailable;timeout"),
            ("Rpc:Client:Policy:RetryCodes:0", "Aborted"),
            ("Rpc:Client:Policy:Backoff:Max", "2s"),
            ("Rpc:Client:Policy:Hedge:Percentile", "0.95"),
            ("Rpc:Client:Policy:Hedge:MinDelay", "5ms"),
            ("Rpc:Client:Policy:Hedge:MaxHedges", "2"),
            ("Rpc:Client:Policy:Budget:Ratio", "0.05"),
            ("Rpc:Client:Policy:Budget:MinPerSecond", "1.5"),
            ("Rpc:Client:Policies:Shop.Catalog:Strategy", "Forking"),
            ("Rpc:Client:Policies:Shop.Catalog:Forks", "3"),
            ("Rpc:Client:Policies:Shop.Catalog/Price:Hedge:Delay", "20ms"),
            ("Rpc:Client:Policies:Shop.Catalog/Price:Budget:Unlimited", "true"),
            ("Rpc:Client:Policies:Shop.Catalog/Notify:Strategy", "Failback"),
            ("Rpc:Client:Policies:Shop.Catalog/Notify:Backoff:Initial", "5s"));

        Assert.Equal(
            new RpcCallPolicy
            {
                Strategy = CallStrategy.ZoneAware,
                Retries = 4,
                AttemptTimeout = TimeSpan.FromMilliseconds(200),
                RetryOn = RetryConditions.Unavailable | RetryConditions.Timeout,
                RetryCodes = [RpcStatusCode.Aborted],
                Backoff = new BackoffPolicy { Max = TimeSpan.FromSeconds(2) },
                Hedge = HedgePolicy.AtPercentile(0.95, TimeSpan.FromMilliseconds(5), 2),
                Budget = new RetryBudgetPolicy { Ratio = 0.05, MinPerSecond = 1.5 },
            },
            options.Policy);
        RpcClientOptions expected = new();
        expected.Policies
            .Set("Shop.Catalog", RpcCallPolicy.Forking with { Forks = 3 })
            .Set("Shop.Catalog/Price", new RpcCallPolicy { Hedge = HedgePolicy.After(TimeSpan.FromMilliseconds(20)), Budget = null })
            .Set("Shop.Catalog/Notify", RpcCallPolicy.Failback with { Backoff = BackoffPolicy.Background with { Initial = TimeSpan.FromSeconds(5) } });
        Assert.Equal(expected.Policies.OrderBy(static entry => entry.Key), options.Policies.OrderBy(static entry => entry.Key));
    }

    [Fact]
    public async Task MistakesInPolicies_AreReportedWithTheirPathAllAtOnce()
    {
        string mistakes = await ClientMistakesAsync(
            ("Rpc:Client:Policy:Strategy", "Failover"),
            ("Rpc:Client:Policy:Forks", "2"),
            ("Rpc:Client:Policies:A:Strategy", "Sideways"),
            ("Rpc:Client:Policies:A:Retries", "1000"),
            ("Rpc:Client:Policies:A:RetryOn", "Unavailable;Boredom"),
            ("Rpc:Client:Policies:A:RetryCodes", "OK"),
            ("Rpc:Client:Policies:A:Retrys", "1"),
            ("Rpc:Client:Policies:A:Backoff:Initial", "-1s"),
            ("Rpc:Client:Policies:B:Strategy", "Failfast"),
            ("Rpc:Client:Policies:B:Retries", "1"),
            ("Rpc:Client:Policies:B:Hedge:MaxHedges", "2"),
            ("Rpc:Client:Policies:C:Hedge:Percentile", "95"),
            ("Rpc:Client:Policies:C:Budget:Ratio", "ten"),
            ("Rpc:Client:Policies:D:Hedge:Delay", "5ms"),
            ("Rpc:Client:Policies:D:Hedge:MinDelay", "5ms"),
            ("Rpc:Client:Policies:E", "Failfast"));

        string[] expected =
        [
            "The RPC client of memory://a: Policy: Forks is 2, and Failover does not fork",
            "Rpc:Client:Policies:A:Strategy is 'Sideways'; it must be Failover or Failfast",
            "Rpc:Client:Policies:A: Retries is 1,000; it must be from 0 to 100.",
            "Rpc:Client:Policies:A: RetryOn has 'Boredom'; it must be made of None, Unavailable, Overload, Lost, Timeout, All.",
            "Rpc:Client:Policies:A: RetryCodes has OK",
            "Rpc:Client:Policies:A:Retrys is not a known key. Did you mean Retries?",
            "Rpc:Client:Policies:A:Backoff: Initial is -00:00:01; it must be from zero to a day.",
            "Rpc:Client:Policies:B: Retries is 1, and Failfast sends a call once to each server",
            "Rpc:Client:Policies:B:Hedge: Set Delay, such as 20ms, or Percentile, such as 0.95; one of the two.",
            "Rpc:Client:Policies:C:Hedge: Percentile is 95; it must be from 0.5 to 0.999.",
            "Rpc:Client:Policies:C:Budget:Ratio is 'ten'; it must be a number, such as 0.1.",
            "Rpc:Client:Policies:D:Hedge: MinDelay is the least that Percentile may come to",
            "Rpc:Client:Policies:E is 'Failfast'; it must be a section with keys of its own.",
        ];
        Assert.All(expected, line => Assert.Contains(line, mistakes, StringComparison.Ordinal));
    }

    [Fact]
    public async Task AHeaderThatIsNotAllowed_IsAMistakeWithItsPath()
    {
        string mistakes = await ClientMistakesAsync(
            ("Rpc:Client:Headers:a b", "1"), ("Rpc:Client:Headers:rpc-x", "1"), ("Rpc:Client:Headers:deep:er", "1"));

        Assert.Contains("Rpc:Client:Headers:a b: The header name 'a b' has the character U+0020", mistakes, StringComparison.Ordinal);
        Assert.Contains("Rpc:Client:Headers:rpc-x: The header name 'rpc-x' begins with 'rpc-'", mistakes, StringComparison.Ordinal);
        Assert.Contains("Rpc:Client:Headers:deep is a section; it must be a single value", mistakes, StringComparison.Ordinal);
        mistakes = await ClientMistakesAsync(("Rpc:Client:Headers", "x"));
        Assert.Contains("Rpc:Client:Headers is 'x'; it must be a section", mistakes, StringComparison.Ordinal);
    }

    /// <summary>Binding is by hand, so an option that is added to the engine must be added to it as well.</summary>
    [Theory]
    [InlineData(typeof(RpcServerOptions), "Rpc:Server")]
    [InlineData(typeof(RpcClientOptions), "Rpc:Client")]
    [InlineData(typeof(TlsServerOptions), "Rpc:Server:Tls")]
    [InlineData(typeof(TlsClientOptions), "Rpc:Client:Tls")]
    [InlineData(typeof(RpcLimits), "Rpc:Server:Limits")]
    [InlineData(typeof(RpcLimits), "Rpc:Client:Limits")]
    [InlineData(typeof(RpcRegistrationOptions), "Rpc:Server:Registration")]
    [InlineData(typeof(RpcAdaptiveLimit), "Rpc:Server:AdaptiveLimit")]
    [InlineData(typeof(SelectorOptions), "Rpc:Client:Selection")]
    [InlineData(typeof(EjectionOptions), "Rpc:Client:Selection:Ejection")]
    [InlineData(typeof(ProbeOptions), "Rpc:Client:Selection:Probes")]
    [InlineData(typeof(CircuitBreakerOptions), "Rpc:Client:CircuitBreaker")]
    public async Task EveryOption_IsAKey(Type options, string section)
    {
        string[] code =
        [
            nameof(RpcConnectionOptions.Codecs), nameof(RpcConnectionOptions.Transports), nameof(RpcConnectionOptions.LoggerFactory),
            nameof(RpcServerOptions.RateLimiter), nameof(RpcServerOptions.Filters), nameof(RpcServerOptions.CallbackFilters),
            nameof(RpcConnectionOptions.Scopes), nameof(TlsServerOptions.Certificate), nameof(TlsServerOptions.ClientAuthorities),
            nameof(TlsClientOptions.Authorities), nameof(RpcClientOptions.Directory), nameof(RpcRegistrationOptions.Registry),
            nameof(RpcRegistrationOptions.Check), nameof(RpcRegistrationOptions.TimeProvider), nameof(RpcServerOptions.Lifecycle),
            nameof(RpcClientOptions.Selector), nameof(ProbeOptions.Probe), nameof(RpcServerOptions.Bus),
        ];

        // TLS is a transport, which the section adds.
        string[] further = options.IsSubclassOf(typeof(RpcConnectionOptions)) ? ["Tls"] : [];
        if (options == typeof(RpcServerOptions)) further = [.. further, "RateLimit"]; // Makes a RateLimiter.
        if (options == typeof(RpcAdaptiveLimit) || options == typeof(CircuitBreakerOptions)) further = ["IsEnabled"]; // Without it there is none.
        if (options == typeof(SelectorOptions)) further = ["Filters"]; // Objects of code in the other options; here texts make them.
        IEnumerable<string> all = options.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => property.Name);
        string[] expected = [.. all.Except(code).Concat(further).Order()];

        string mistake = section.StartsWith("Rpc:Server", StringComparison.Ordinal)
            ? await ServerMistakesAsync(($"{section}:Quux", "1"))
            : await ClientMistakesAsync(($"{section}:Quux", "1"));

        string list = mistake.Split($"The keys of {section} are ")[1];
        Assert.Equal(expected, list[..list.IndexOf('.', StringComparison.Ordinal)].Split(", ").Order());
    }

    [Fact]
    public async Task Selection_IsRead_WithTheBalancerByItsName()
    {
        RpcClientOptions options = await ReadClientAsync(
            ("Rpc:Client:Address", "memory://any"),
            ("Rpc:Client:Zone", "eu-1"),
            ("Rpc:Client:KeyHeader", "tenant"),
            ("Rpc:Client:Selection:Balancer", "locality-aware:peak-ewma"),
            ("Rpc:Client:Selection:Filters:Version", "^1.2"),
            ("Rpc:Client:Selection:Filters:Labels", "tier!=test"),
            ("Rpc:Client:Selection:Aperture:Index", "3"),
            ("Rpc:Client:Selection:Aperture:Count", "10"),
            ("Rpc:Client:Selection:Ejection:BaseTime", "5s"),
            ("Rpc:Client:CircuitBreaker:ConsecutiveFailures", "7"));

        Assert.Equal("locality-aware", options.Selection.Balancer!().Name.Split(':')[0]);
        Assert.Equal(2, options.Selection.Filters.Count);
        Assert.Equal((3, 10, 16), (options.Selection.Aperture!.Peers.Index, options.Selection.Aperture.Peers.Count, options.Selection.Aperture.Size));
        Assert.Equal(TimeSpan.FromSeconds(5), options.Selection.Ejection.BaseTime);
        Assert.Equal(7, options.CircuitBreaker!.ConsecutiveFailures);
        Assert.Equal("tenant", options.KeyHeader);
    }

    [Fact]
    public async Task MistakesInSelection_SayWhatThereIs()
    {
        string mistakes = await ClientMistakesAsync(
            ("Rpc:Client:Selection:Balancer", "fairest"),
            ("Rpc:Client:Selection:Filters:Version", ">>1"),
            ("Rpc:Client:Selection:Aperture:Index", "3"));

        Assert.Contains("Rpc:Client:Selection:Balancer is 'fairest': There is no balancer 'fairest'. There are: random, ", mistakes, StringComparison.Ordinal);
        Assert.Contains("Rpc:Client:Selection:Filters:Version is '>>1': ", mistakes, StringComparison.Ordinal);
        Assert.Contains("Rpc:Client:Selection:Aperture: Index and Count are needed", mistakes, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Addresses_AsOneText_AreSeparatedBySemicolons()
    {
        RpcServerOptions options = await ReadServerAsync(("Rpc:Server:Addresses", "memory://a; memory://b;"));

        Assert.Equal(["memory://a", "memory://b"], options.Addresses);
    }

    [Fact]
    public async Task Code_ComesAfterConfiguration()
    {
        IHost host = TestHost.Build(
            services => services
                .AddRpcServer(o => o.Listen("memory://code").DrainTimeout = TimeSpan.FromSeconds(7))
                .AddService<IGreeter, Greeter>()
                .Configure(o => o.HandshakeTimeout *= 2),
            ("Rpc:Server:Addresses:0", "memory://configuration"),
            ("Rpc:Server:DrainTimeout", "1s"),
            ("Rpc:Server:HandshakeTimeout", "3s"));

        RpcServerOptions options = host.Services.GetRequiredService<IOptionsMonitor<RpcServerOptions>>().CurrentValue;

        Assert.Equal(TimeSpan.FromSeconds(7), options.DrainTimeout);
        Assert.Equal(TimeSpan.FromSeconds(6), options.HandshakeTimeout);
        Assert.Equal(["memory://configuration", "memory://code"], options.Addresses);
        await host.StopAndDisposeAsync();
    }

    [Fact]
    public async Task NamedServer_HasASectionOfItsOwn()
    {
        IHost host = TestHost.Build(
            services =>
            {
                services.AddRpcServer().AddService<IGreeter, Greeter>();
                services.AddRpcServer("internal").AddService<IGreeter, Greeter>();
            },
            ("Rpc:Server:Addresses:0", "memory://public"),
            ("Rpc:Servers:internal:Addresses:0", "memory://internal"));
        IOptionsMonitor<RpcServerOptions> options = host.Services.GetRequiredService<IOptionsMonitor<RpcServerOptions>>();

        Assert.Equal(["memory://public"], options.CurrentValue.Addresses);
        Assert.Equal(["memory://internal"], options.Get("internal").Addresses);
        await host.StopAndDisposeAsync();
    }

    [Fact]
    public async Task ClientOfAnAddress_TakesTheOtherOptionsOfTheClientSection()
    {
        ServiceCollection services = new();
        string name = services.AddRpcClient<IGreeter>("memory://code").Name;
        services.AddSingleton<IConfiguration>(
            Configuration(("Rpc:Client:Address", "memory://configuration"), ("Rpc:Client:CallTimeout", "2s")));
        await using ServiceProvider provider = services.BuildServiceProvider();

        RpcClientOptions options = provider.GetRequiredService<IOptionsMonitor<RpcClientOptions>>().Get(name);

        Assert.Equal("memory://code", options.Address);
        Assert.Equal(TimeSpan.FromSeconds(2), options.CallTimeout);
    }

    [Theory]
    [InlineData("DrainTimeout", "30", "Rpc:Server:DrainTimeout is '30'; it must be a duration such as 500ms, 30s, 5m, 1h or 00:00:30.")]
    [InlineData("DrainTimeout", "soon", "Rpc:Server:DrainTimeout is 'soon'; it must be a duration")]
    [InlineData("DrainTimeout", "", "Rpc:Server:DrainTimeout is ''; it must be a duration")]
    [InlineData("DrainTimeout", "99999999999999999d", "it must be a duration")]
    [InlineData("DrainTimeout:Seconds", "1", "Rpc:Server:DrainTimeout is a section; it must be a single value.")]
    [InlineData("LowLatency", "yes", "Rpc:Server:LowLatency is 'yes'; it must be true or false.")]
    [InlineData("Limits", "none", "Rpc:Server:Limits is 'none'; it must be a section with keys of its own.")]
    [InlineData("Limits:MaxConcurrentCalls", "1.5", "Rpc:Server:Limits:MaxConcurrentCalls is '1.5'; it must be a whole number, such as 1000.")]
    [InlineData("Limits:MaxMessageSize", "16MB", "Rpc:Server:Limits:MaxMessageSize is '16MB'; it must be a number of bytes, such as 65536, 64KiB or 16MiB.")]
    [InlineData("Limits:MaxMessageSize", "16GiB", "Rpc:Server:Limits:MaxMessageSize is '16GiB'; it must be at most 2,147,483,647 bytes.")]
    [InlineData("Limits:MaxReassemblySize", "9999999999GiB", "it must be a number of bytes")]
    [InlineData("Addresses:0:Host", "a", "Rpc:Server:Addresses:0 is a section; it must be a text")]
    [InlineData("DrainTimout", "1s", "Rpc:Server:DrainTimout is not a known key. Did you mean DrainTimeout?")]
    [InlineData("Limits:MaxMesageSize", "1", "Rpc:Server:Limits:MaxMesageSize is not a known key. Did you mean MaxMessageSize?")]
    [InlineData("Colour", "red", "Rpc:Server:Colour is not a known key. The keys of Rpc:Server are Addresses, ")]
    public async Task BadValue_FailsTheStart_NamingKeyValueAndForm(string key, string value, string expected) =>
        Assert.Contains(expected, await ServerMistakesAsync(($"Rpc:Server:{key}", value)), StringComparison.Ordinal);

    [Fact]
    public async Task BadCallTimeout_MentionsInfinite() => Assert.Contains(
        "Rpc:Client:CallTimeout is '5'; it must be a duration such as 500ms, 30s, 5m, 1h or 00:00:30, or infinite.",
        await ClientMistakesAsync(("Rpc:Client:CallTimeout", "5")),
        StringComparison.Ordinal);

    [Fact]
    public async Task SectionsOfNobody_AreWarnedOf()
    {
        LogRecorder log = new();
        IHost host = await TestHost.StartAsync(
            services => services.AddLog(log).AddRpcClient("backend", o => o.Address = "memory://a").AddService<IGreeter>(),
            ("Rpc:Clients:backend:CallTimeout", "1s"),
            ("Rpc:Clients:bakend:CallTimeout", "1s"),
            ("Rpc:Servers:internal:LowLatency", "true"),
            ("Rpc:Sever:LowLatency", "true"),
            ("Rpc:Registry", "etcd://127.0.0.1:2379"));

        string[] warnings = [.. log.Entries.Where(entry => entry is { Id.Id: 302, Level: LogLevel.Warning }).Select(entry => entry.Text).Order()];

        Assert.Equal(
            [
                "The configuration section Rpc:Clients:bakend is not used: no RPC client has this name; the names here are backend",
                "The configuration section Rpc:Servers:internal is not used: no RPC server has this name; "
                + "none of the RPC servers here has a name",
                "The configuration section Rpc:Sever is not used: did you mean Rpc:Server?",
            ],
            warnings);
        await host.StopAndDisposeAsync();
    }

    private static IConfigurationRoot Configuration(params (string Key, string? Value)[] values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.ToDictionary(pair => pair.Key, pair => pair.Value)).Build();

    private static async Task<RpcServerOptions> ReadServerAsync(params (string Key, string? Value)[] values)
    {
        IHost host = TestHost.Build(services => services.AddRpcServer().AddService<IGreeter, Greeter>(), values);
        RpcServerOptions options = host.Services.GetRequiredService<IOptionsMonitor<RpcServerOptions>>().CurrentValue;
        await host.StopAndDisposeAsync();
        return options;
    }

    private static async Task<RpcClientOptions> ReadClientAsync(params (string Key, string? Value)[] values)
    {
        IHost host = TestHost.Build(services => services.AddRpcClient<IGreeter>(), values);
        RpcClientOptions options = host.Services.GetRequiredService<IOptionsMonitor<RpcClientOptions>>().CurrentValue;
        await host.StopAndDisposeAsync();
        return options;
    }

    private static async Task<string> ServerMistakesAsync(params (string Key, string? Value)[] values) =>
        (await Assert.ThrowsAsync<OptionsValidationException>(() => TestHost.StartAsync(
            services => services.AddRpcServer(o => o.Listen("memory://")).AddService<IGreeter, Greeter>(), values))).Message;

    private static async Task<string> ClientMistakesAsync(params (string Key, string? Value)[] values) =>
        (await Assert.ThrowsAsync<OptionsValidationException>(() => TestHost.StartAsync(
            services => services.AddRpcClient<IGreeter>("memory://a"), values))).Message;
}
