using SourceGen.Rpc.Registries.Dns.Tests.Support;

namespace SourceGen.Rpc.Registries.Dns.Tests.Knot;

/// <summary>Signed questions at a real server, which signs its answers to them.</summary>
public sealed class KnotSigningTests(KnotSigningTests.Fixture fixture) : IClassFixture<KnotSigningTests.Fixture>
{
    private const string Sha256 = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    private const string Sha384 = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVm";
    private const string Sha512 = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZg==";

    [Theory]
    [InlineData("sha256.example", Sha256, DnsKeyAlgorithm.HmacSha256)]
    [InlineData("SHA384.Example.", Sha384, DnsKeyAlgorithm.HmacSha384)]
    [InlineData("sha512.example", Sha512, DnsKeyAlgorithm.HmacSha512)]
    public async Task Answers_are_signed_by_udp_and_by_tcp(string name, string secret, DnsKeyAlgorithm algorithm)
    {
        await using DnsRegistry registry = Create(name, secret, algorithm);

        Assert.Equal(["a.example:5000 tcp://10.0.0.1:5000 100"], await registry.NodesAsync("greeter"));
        Assert.Equal(200, (await registry.NodesAsync("many")).Length);
        Assert.Equal(
            RpcStatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(async () => await registry.GetServiceAsync("unknown"))).Code);
    }

    [Theory]
    [InlineData("sha256.example", Sha384, DnsKeyAlgorithm.HmacSha256, "BADSIG: its secret of the key sha256.example is another one")]
    [InlineData("sha256.example", Sha256, DnsKeyAlgorithm.HmacSha512, "BADKEY: it does not know the key sha256.example with hmac-sha512")]
    [InlineData("other.example", Sha256, DnsKeyAlgorithm.HmacSha256, "BADKEY: it does not know the key other.example with hmac-sha256")]
    public async Task Another_key_is_refused(string name, string secret, DnsKeyAlgorithm algorithm, string expected)
    {
        await using DnsRegistry registry = Create(name, secret, algorithm, static options =>
            options.AttemptTimeout = TimeSpan.FromSeconds(1));

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await registry.GetServiceAsync("greeter"));

        Assert.Equal(RpcStatusCode.Unauthenticated, error.Code);
        Assert.Contains(expected, error.Message);
    }

    [Theory]
    [InlineData(-1000, "ahead of")]
    [InlineData(1000, "behind")]
    public async Task Another_clock_is_refused(int seconds, string expected)
    {
        await using DnsRegistry registry = Create("sha256.example", Sha256, DnsKeyAlgorithm.HmacSha256, options =>
        {
            options.TimeProvider = FixedTime.Ahead(TimeSpan.FromSeconds(seconds));
            options.AttemptTimeout = options.Timeout = TimeSpan.FromMinutes(1);
        });

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await registry.GetServiceAsync("greeter"));

        Assert.Equal(RpcStatusCode.Unauthenticated, error.Code);
        Assert.Matches($"BADTIME: its clock is (99[0-9]|100[0-9]|101[0-9]) s {expected}", error.Message);
    }

    [Fact]
    public async Task A_clock_within_five_minutes_is_accepted()
    {
        await using DnsRegistry registry = Create("sha256.example", Sha256, DnsKeyAlgorithm.HmacSha256, static options =>
            options.TimeProvider = FixedTime.Ahead(TimeSpan.FromSeconds(200)));

        Assert.Single(await registry.NodesAsync("greeter"));
    }

    private DnsRegistry Create(
        string name, string secret, DnsKeyAlgorithm algorithm, Action<DnsRegistryOptions>? configure = null) =>
        TestRegistry.Create($"127.0.0.1:{fixture.Server.Port}", options =>
        {
            options.KeyName = name;
            options.KeySecret = secret;
            options.KeyAlgorithm = algorithm;
            configure?.Invoke(options);
        });

    /// <summary>One server for all of them, with a service of one node and one of 200, which comes by TCP.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        internal KnotServer Server { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Server = await KnotServer.StartAsync(
                ("sha256.example", "hmac-sha256", Sha256),
                ("sha384.example", "hmac-sha384", Sha384),
                ("sha512.example", "hmac-sha512", Sha512));
            await Server.UpdateAsync(
            [
                "add _rpc._tcp.greeter.shop 1 SRV 0 0 5000 a.example.",
                "add a 1 A 10.0.0.1",
                .. Enumerable.Range(0, 200).SelectMany(static i => new[]
                {
                    $"add _rpc._tcp.many.shop 1 SRV 0 {i + 1} {5000 + i} node-{i}.many.example.",
                    $"add node-{i}.many 1 A 10.0.{i / 100}.{i % 100}",
                }),
            ]);
        }

        public Task DisposeAsync() => Server.DisposeAsync().AsTask();
    }
}
