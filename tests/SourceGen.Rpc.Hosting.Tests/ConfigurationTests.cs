using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Hosting.Tests.Support;

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
    public async Task EveryOption_IsAKey(Type options, string section)
    {
        string[] code =
        [
            nameof(RpcConnectionOptions.Codecs), nameof(RpcConnectionOptions.Transports), nameof(RpcConnectionOptions.LoggerFactory),
            nameof(RpcServerOptions.RateLimiter), nameof(RpcServerOptions.Filters), nameof(RpcServerOptions.CallbackFilters),
            nameof(RpcConnectionOptions.Scopes), nameof(TlsServerOptions.Certificate), nameof(TlsServerOptions.ClientAuthorities),
            nameof(TlsClientOptions.Authorities), nameof(RpcClientOptions.Directory), nameof(RpcRegistrationOptions.Registry),
            nameof(RpcRegistrationOptions.Check), nameof(RpcRegistrationOptions.CheckInterval), nameof(RpcRegistrationOptions.TimeProvider),
        ];

        // TLS is a transport, which the section adds.
        string[] further = options.IsSubclassOf(typeof(RpcConnectionOptions)) ? ["Tls"] : [];
        if (options == typeof(RpcServerOptions)) further = [.. further, "RateLimit"]; // Makes a RateLimiter.
        IEnumerable<string> all = options.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => property.Name);
        string[] expected = [.. all.Except(code).Concat(further).Order()];

        string mistake = section.StartsWith("Rpc:Server", StringComparison.Ordinal)
            ? await ServerMistakesAsync(($"{section}:Quux", "1"))
            : await ClientMistakesAsync(($"{section}:Quux", "1"));

        string list = mistake.Split($"The keys of {section} are ")[1];
        Assert.Equal(expected, list[..list.IndexOf('.', StringComparison.Ordinal)].Split(", ").Order());
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
