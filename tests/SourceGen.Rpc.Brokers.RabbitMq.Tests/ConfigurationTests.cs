using Microsoft.Extensions.DependencyInjection;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.RabbitMq.Tests;

public sealed class ConfigurationTests
{
    [Fact]
    public void An_address_says_all()
    {
        RabbitMqBrokerOptions options = RabbitMqBrokerOptions.Parse(RpcAddress.Parse(
            "amqp://me:p%40ss@10.0.0.1,10.0.0.2:5999/shop?exchange=events&name=till&heartbeat=5&timeout=3&publish-timeout=2&ca=/ca.pem"));

        Assert.Equal(["10.0.0.1:5671", "10.0.0.2:5999"], options.Endpoints);
        Assert.Equal(("me", "p@ss", "shop", "events", "till"), (options.UserName, options.Password, options.VirtualHost, options.Exchange, options.ClientName));
        Assert.Equal(
            (TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(2)), (options.Heartbeat, options.ConnectTimeout, options.PublishTimeout));
    }

    [Theory]
    [InlineData("amqp://host", "host:5672", "/")]
    [InlineData("amqp://host/", "host:5672", "/")]
    [InlineData("amqp://host/%2F", "host:5672", "/")]
    [InlineData("amqp://host/a%2Fb", "host:5672", "a/b")]
    [InlineData("amqp://[::1]/v", "[::1]:5672", "v")]
    [InlineData("amqps://host", "host:5671", "/")]
    [InlineData("amqp://host?tls=true", "host:5671", "/")]
    public void Ports_and_virtual_hosts_have_defaults(string address, string endpoint, string host)
    {
        RabbitMqBrokerOptions options = RabbitMqBrokerOptions.Parse(RpcAddress.Parse(address));

        Assert.Equal((endpoint, host, "guest", "guest"), (Assert.Single(options.Endpoints), options.VirtualHost, options.UserName, options.Password));
    }

    [Theory]
    [InlineData("amqp://", "names no host")]
    [InlineData("amqp://host:0", "host:0")]
    [InlineData("amqp://host?vhost=x", "'vhost'")]
    [InlineData("amqp://host?heartbeat=soon", "heartbeat=soon")]
    [InlineData("amqps://host?tls=false", "tls=false")]
    [InlineData("amqp://host?exchange=amq.topic", "amq.")]
    [InlineData("amqp://host?exchange=a%20b", "'a b'")]
    [InlineData("amqp://host?heartbeat=0.5", "Heartbeat")]
    [InlineData("amqp://host?key=/k.pem", "CertificateKeyPath")]
    public void What_is_wrong_with_an_address_is_said(string address, string words)
    {
        FormatException error = Assert.Throws<FormatException>(() => new RabbitMqBrokerProvider().Create(RpcAddress.Parse(address)));

        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_address_of_a_broker_has_no_password()
    {
        await using IBroker broker = new RabbitMqBrokerProvider().Create(RpcAddress.Parse("amqp://me:secret@host/shop?name=x"));

        Assert.Equal("amqp://host:5672/shop", broker.Address);
        await using IBroker encrypted = new RabbitMqTlsBrokerProvider().Create(RpcAddress.Parse("amqps://me:secret@host"));
        Assert.Equal("amqps://host:5671", encrypted.Address);
    }

    [Fact]
    public async Task A_service_collection_gets_the_providers_once_and_the_broker_when_it_is_asked_for()
    {
        ServiceCollection services = new();
        services.AddRabbitMqBroker().AddRabbitMqBroker("amqp://host", static options => options.PublishTimeout = TimeSpan.FromSeconds(1));
        await using ServiceProvider provider = services.BuildServiceProvider();

        Assert.Equal(["amqp", "amqps"], provider.GetServices<IBrokerProvider>().Select(static one => one.Scheme).Order());
        IBroker broker = provider.GetRequiredService<IBroker>();
        Assert.Equal(("amqp://host:5672", TimeSpan.FromSeconds(1)), (broker.Address, broker.Options.PublishTimeout));
        Assert.Throws<ArgumentException>(() => services.AddRabbitMqBroker(configure: static options => options.MaxOutstandingPublishes = 0));
    }

    [Fact]
    public async Task A_header_that_amqp_cannot_take_is_refused_before_anything_is_sent()
    {
        await using RabbitMqBroker broker = new();

        await RefusedAsync(new OutgoingMessage("a", default) { Id = new string('i', 256) }, "Id");
        await RefusedAsync(With(new string('n', 256), "x"), "name");
        await RefusedAsync(With("n", new string('x', 130_000)), "one frame");

        static OutgoingMessage With(string name, string value) => new("a", default) { Headers = (KeyValuePair<string, string>[])[new(name, value)] };

        async Task RefusedAsync(OutgoingMessage message, string words)
        {
            RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await broker.PublishAsync(message));
            Assert.Equal((RpcStatusCode.InvalidArgument, RpcCallProgress.NotSent), (error.Code, error.Progress));
            Assert.Contains(words, error.Message, StringComparison.Ordinal);
        }
    }
}
