using System.Net;
using System.Net.Sockets;
using RabbitMQ.Client;
using SourceGen.Rpc.Brokers.Conformance;
using SourceGen.Rpc.Brokers.RabbitMq.Tests.Support;
using SourceGen.Rpc.PubSub;
using SourceGen.Rpc.Registries.Conformance;

namespace SourceGen.Rpc.Brokers.RabbitMq.Tests;

[Collection(RabbitMqFixture.Name)]
public sealed class ConnectingTests(RabbitMqFixture fixture)
{
    [Fact]
    public async Task A_wrong_password_is_said_and_not_shown()
    {
        RpcException error = await FailAsync(static options => (options.UserName, options.Password) = ("guest", "wrong-one"));

        Assert.Equal(RpcStatusCode.Unauthenticated, error.Code);
        Assert.Contains("'guest'", error.Message, StringComparison.Ordinal);
        Assert.Contains(fixture.Endpoint, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-one", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_who_may_not_enter_is_said()
    {
        RpcException error = await FailAsync(static options => (options.UserName, options.Password) = ("stranger", "secret"));

        Assert.Equal(RpcStatusCode.Unauthenticated, error.Code);
        Assert.Contains("'stranger' into the virtual host '/'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_virtual_host_that_is_not_there_is_named()
    {
        RpcException error = await FailAsync(static options => options.VirtualHost = "nowhere");

        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Contains("no virtual host 'nowhere'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Virtual_hosts_are_apart()
    {
        string topic = fixture.NewTopic("apart");
        await using RabbitMqBroker shop = await fixture.ConnectAsync(static options => options.VirtualHost = "shop");
        await using RabbitMqBroker other = await fixture.ConnectAsync();
        Inbox inbox = new();
        await using ISubscription subscription = await shop.SubscribeAsync(topic, inbox.HandleAsync);

        await other.PublishAsync(new OutgoingMessage(topic, "other"u8.ToArray()));
        await shop.PublishAsync(new OutgoingMessage(topic, "shop"u8.ToArray()));

        await inbox.WaitAsync(1, fixture.Patience);
        Assert.Equal(["shop"], inbox.Texts);
        Assert.EndsWith("/shop", shop.Address, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exchange_of_another_kind_is_named()
    {
        await using IConnection plain = await fixture.ConnectPlainAsync();
        await using IChannel channel = await plain.CreateChannelAsync();
        await channel.ExchangeDeclareAsync("a-fanout", ExchangeType.Fanout, durable: true);

        RpcException error = await FailAsync(static options => options.Exchange = "a-fanout");

        Assert.Equal(RpcStatusCode.FailedPrecondition, error.Code);
        Assert.Contains("'a-fanout'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_speaks_something_else_is_said()
    {
        await using FakeHttpServer http = new(static request => request.AnswerAsync("hello"));
        RpcException error = await FailAsync(options => options.Endpoints = [http.Endpoint], TimeSpan.FromSeconds(2));
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Contains(http.Endpoint, error.Message, StringComparison.Ordinal);
        Assert.Contains("RabbitMQ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_answers_at_once_in_http_is_said()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Task serving = Task.Run(async () =>
        {
            using Socket socket = await listener.AcceptSocketAsync();
            await socket.SendAsync("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"u8.ToArray());
            byte[] buffer = new byte[100];
            while (await socket.ReceiveAsync(buffer) > 0)
            {
            }
        });

        RpcException error = await FailAsync(options => options.Endpoints = [listener.LocalEndpoint.ToString()!]);

        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Contains("AMQP", error.Message, StringComparison.Ordinal);
        await serving.WaitAsync(fixture.Patience);
    }

    [Fact]
    public async Task An_endpoint_that_cannot_be_used_is_followed_by_the_next()
    {
        using TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();
        await using RabbitMqBroker broker = await fixture.ConnectAsync(options =>
        {
            options.Endpoints = [$"127.0.0.1:{FreePorts.Take()}", silent.LocalEndpoint.ToString()!, fixture.Endpoint];
            options.ConnectTimeout = TimeSpan.FromSeconds(9);
        });

        await broker.PublishAsync(new OutgoingMessage("a", default));
    }

    [Fact]
    public async Task Of_several_endpoints_each_one_says_what_is_wrong()
    {
        string first = $"127.0.0.1:{FreePorts.Take()}";
        RpcException error = await FailAsync(options =>
        {
            options.Endpoints = [first, fixture.Endpoint];
            options.Password = "wrong";
        });

        Assert.Equal(RpcStatusCode.Unauthenticated, error.Code);
        Assert.Contains(first, error.Message, StringComparison.Ordinal);
        Assert.Contains(fixture.Endpoint, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tls_with_certificates_of_ones_own()
    {
        TestCertificates certificates = fixture.Server.Certificates;
        await using RabbitMqBroker broker = await fixture.ConnectAsync(options =>
        {
            options.Endpoints = [$"127.0.0.1:{fixture.Server.TlsPort}"];
            options.CertificateAuthorityPath = certificates.Authority;
            options.CertificatePath = certificates.ClientCertificate;
            options.CertificateKeyPath = certificates.ClientKey;
        });
        await broker.PublishAsync(new OutgoingMessage("a", default));
        Assert.StartsWith("amqps://", broker.Address, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tls_with_a_server_of_another_authority_fails()
    {
        using TestCertificates others = new();
        RpcException error = await FailAsync(options =>
        {
            options.Endpoints = [$"127.0.0.1:{fixture.Server.TlsPort}"];
            options.CertificateAuthorityPath = others.Authority;
        });
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Contains("certificate", error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Without_tls_where_the_server_has_it()
    {
        RpcException error = await FailAsync(options => options.Endpoints = [$"127.0.0.1:{fixture.Server.TlsPort}"]);
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Contains($"127.0.0.1:{fixture.Server.TlsPort}", error.Message, StringComparison.Ordinal);
    }

    private async Task<RpcException> FailAsync(Action<RabbitMqBrokerOptions> configure, TimeSpan? timeout = null)
    {
        await using RabbitMqBroker broker = fixture.CreateBroker(options =>
        {
            options.ConnectTimeout = timeout ?? options.ConnectTimeout;
            configure(options);
        });
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await broker.ConnectAsync());
        Assert.Equal(BrokerStatus.Disconnected, broker.State.Status);
        Assert.Equal(RpcCallProgress.NotSent, error.Progress);
        return error;
    }
}
