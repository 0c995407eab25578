using System.Globalization;
using SourceGen.Rpc.Plugins.Aot.Tests.Support;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.Consul.Tests.Support;
using SourceGen.Rpc.Registries.Dns.Tests.Knot;
using SourceGen.Rpc.Registries.Etcd.Tests.Support;
using SourceGen.Rpc.Registries.ZooKeeper.Tests;
using Xunit.Abstractions;

namespace SourceGen.Rpc.Plugins.Aot.Tests;

/// <summary>Natively compiled servers and clients find each other in each registry, behind which the real server stands.</summary>
[Collection(NativeProgram.Collection)]
public sealed class NativeRegistryTests(NativeProgram program, ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public async Task Etcd()
    {
        await using EtcdServer server = await EtcdServer.StartAsync();
        foreach (string layout in (string[])["default", "micro"]) await MeetAsync($"etcd://{server.Endpoint}?layout={layout}");
    }

    [Fact]
    public async Task Etcd_with_certificates_of_both_sides()
    {
        using TestCertificates files = new();
        EtcdServer[] servers = await EtcdServer.StartClusterAsync(
            1,
            "https",
            ServerProcess.Listens,
            "--cert-file", files.ServerCertificate, "--key-file", files.ServerKey, "--trusted-ca-file", files.Authority, "--client-cert-auth");
        await using EtcdServer server = servers[0];
        await MeetAsync($"etcd://{server.Endpoint}?ca={files.Authority}&cert={files.ClientCertificate}&key={files.ClientKey}");
    }

    [ConsulFact]
    public async Task Consul()
    {
        await using ConsulAgent agent = await ConsulAgent.StartAsync();
        foreach (string layout in (string[])["default", "micro"]) await MeetAsync($"consul://{agent.Endpoint}?layout={layout}");
    }

    [Fact]
    public async Task ZooKeeper()
    {
        await using ZooKeeperServer server = await ZooKeeperServer.StartAsync();
        foreach (string layout in (string[])["default", "micro", "dubbo"]) await MeetAsync($"zookeeper://{server.Address}?layout={layout}");
    }

    [Fact]
    public Task File() => MeetAsync($"file://{_directory["services"]}");

    [Theory]
    [InlineData("default")]
    [InlineData("micro")]
    public Task Mdns(string layout) =>
        MeetAsync(string.Create(CultureInfo.InvariantCulture, $"mdns://lo?port={FreePorts.Take()}&window=0.25&layout={layout}"));

    [Fact]
    public async Task Dns_for_clients()
    {
        await using KnotServer names = await KnotServer.StartAsync();
        await using NativeProcess client = Start("client", $"dns://127.0.0.1:{names.Port}/example?namespace=shop&max-refresh=1");
        await client.UntilKnownAsync(0);
        await using NativeProcess server = Start("server", "memory://unused");
        int port = new Uri(await AddressOfAsync(server)).Port;
        await names.UpdateAsync($"add _rpc._tcp.native-greeter.shop 1 SRV 0 50 {port} here.example.", "add here 1 A 127.0.0.1");
        await client.UntilKnownAsync(1);
        await AssertGreetsAsync(client, server);
        await server.EndAsync();
        await client.EndAsync();
    }

    [Fact]
    public async Task A_static_list_for_clients()
    {
        await using NativeProcess server = Start("server", "memory://unused");
        string address = await AddressOfAsync(server);
        await using NativeProcess client = Start("client", address.Replace("tcp://", "static://", StringComparison.Ordinal));
        await client.UntilKnownAsync(1);
        await AssertGreetsAsync(client, server);
        await server.EndAsync();
        await client.EndAsync();
    }

    [Fact]
    public async Task A_registry_and_its_options_in_the_configuration()
    {
        string cache = _directory["cache"];
        Configure($$"""
            { "Rpc": {
              "Registry": "file://{{_directory["services"]}}",
              "Server": { "Registration": { "IsRequired": true, "TimeToLive": "60s", "Metadata": { "room": "1.01" } } },
              "Directory": { "CachePath": "{{cache}}" } } }
            """);
        await MeetAsync();
        Assert.NotEmpty(Directory.GetFiles(cache));
    }

    [Fact]
    public async Task A_static_list_that_changes_in_the_configuration()
    {
        await using NativeProcess server = Start("server", "memory://unused");
        string address = await AddressOfAsync(server);
        ConfigureList("Shop.Other", "tcp://127.0.0.1:1");
        await using NativeProcess client = Start("client");
        await client.UntilKnownAsync(0);
        ConfigureList("Native.Greeter", address);
        await client.UntilKnownAsync(1);
        await AssertGreetsAsync(client, server);
        await server.EndAsync();
        await client.EndAsync();
    }

    [Fact]
    public void The_binarys_size() =>
        output.WriteLine($"figure: native program with host, every registry and every broker: size {new FileInfo(program.Path).Length:N0} bytes");

    public void Dispose() => _directory.Dispose();

    /// <summary>
    /// A client follows the service before anybody offers it, another one comes later; both call the server, and see it go.
    /// </summary>
    private async Task MeetAsync(params IReadOnlyList<string> registry)
    {
        await using NativeProcess early = Start(["client", .. registry]);
        await early.UntilKnownAsync(0);
        await using NativeProcess server = Start(["server", .. registry]);
        await AddressOfAsync(server);
        await early.UntilKnownAsync(1);
        await AssertGreetsAsync(early, server);
        await using NativeProcess late = Start(["client", .. registry]);
        await late.UntilKnownAsync(1);
        await AssertGreetsAsync(late, server);
        await server.EndAsync();
        await early.UntilKnownAsync(0);
        await late.UntilKnownAsync(0);
        await early.EndAsync();
        await late.EndAsync();
    }

    private NativeProcess Start(params IReadOnlyList<string> arguments) =>
        NativeProcess.Start(program, _directory.Path, output, arguments);

    private static Task<string> AddressOfAsync(NativeProcess server) =>
        server.UntilAsync(static line => line.StartsWith("tcp://", StringComparison.Ordinal));

    private static async Task AssertGreetsAsync(NativeProcess client, NativeProcess server) =>
        Assert.Equal($"Hello, world! (from process {server.Id})", await client.GreetAsync("world"));

    /// <summary>Replaced in one step: who watches it reads all of it.</summary>
    private void Configure(string json)
    {
        System.IO.File.WriteAllText(_directory["appsettings.new"], json);
        System.IO.File.Move(_directory["appsettings.new"], _directory["appsettings.json"], overwrite: true);
    }

    private void ConfigureList(string service, string address) => Configure($$"""
        { "Rpc": { "Registry": { "Static": { "Services": [ { "Name": "{{service}}", "Nodes": [ { "Address": "{{address}}" } ] } ] } } } }
        """);
}
