using SourceGen.Rpc.Brokers.Conformance;
using SourceGen.Rpc.Brokers.Nats.Tests.Support;
using SourceGen.Rpc.PubSub;
using SourceGen.Rpc.Registries.Conformance;

namespace SourceGen.Rpc.Brokers.Nats.Tests;

public sealed class TlsTests : IDisposable
{
    private readonly TestCertificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("&tls=true")]
    public async Task Messages_go_by_TLS(string asked)
    {
        await using NatsServer server = await NatsServer.StartAsync(configuration: Configuration(verify: false));
        await using NatsBroker broker = server.Create($"?ca={_certificates.Authority}{asked}");
        await broker.ConnectAsync();
        await RoundTripAsync(broker);
    }

    [Fact]
    public async Task Both_sides_show_certificates()
    {
        await using NatsServer server = await NatsServer.StartAsync(configuration: Configuration(verify: true));
        await using NatsBroker broker = server.Create(
            $"?ca={_certificates.Authority}&cert={_certificates.ClientCertificate}&key={_certificates.ClientKey}");
        await broker.ConnectAsync();
        await RoundTripAsync(broker);

        await using NatsBroker without = server.Create($"?ca={_certificates.Authority}");
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await without.ConnectAsync());
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Contains("certificate", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_whose_authority_is_not_known_is_refused()
    {
        await using NatsServer server = await NatsServer.StartAsync(configuration: Configuration(verify: false));
        // The server demands it, so it is tried although nobody asked for it.
        await using NatsBroker broker = server.Create();
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await broker.ConnectAsync());
        Assert.Contains("the TLS handshake failed", error.Message, StringComparison.Ordinal);
        Assert.Contains("ca=", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_without_TLS_is_refused_where_it_is_asked_for()
    {
        await using NatsServer server = await NatsServer.StartAsync();
        await using NatsBroker broker = server.Create("?tls=true");
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await broker.ConnectAsync());
        Assert.Contains("it has no TLS", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Words_between_the_greeting_and_TLS_are_refused()
    {
        await using FakeServer server = new(static async (stream, _, cancellationToken) =>
        {
            await FakeServer.SendAsync(stream, "INFO {\"tls_required\":true}\r\nINFO {}\r\n", cancellationToken);
            await FakeServer.ReadUntilAsync(stream, "never", cancellationToken);
        });
        await using NatsBroker broker = server.Create();
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await broker.ConnectAsync());
        Assert.Contains("more than its INFO before TLS", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new NatsBroker(new NatsBrokerOptions { CertificateAuthorityPath = "/nowhere/ca.pem" }));
        Assert.Contains("/nowhere/ca.pem", error.Message, StringComparison.Ordinal);
    }

    private string Configuration(bool verify) =>
        $"tls {{ cert_file: \"{_certificates.ServerCertificate}\", key_file: \"{_certificates.ServerKey}\", ca_file: \"{_certificates.Authority}\", verify: {(verify ? "true" : "false")} }}";

    private static async Task RoundTripAsync(NatsBroker broker)
    {
        Inbox inbox = new();
        await using ISubscription subscription = await broker.SubscribeAsync("secret", inbox.HandleAsync);
        await broker.PublishAsync(new OutgoingMessage("secret", "hello"u8.ToArray()));
        Assert.Equal("hello", (await inbox.WaitAsync(1, Wait.Patience))[0].Text);
    }
}
