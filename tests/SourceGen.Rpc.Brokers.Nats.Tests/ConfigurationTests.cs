using Microsoft.Extensions.DependencyInjection;
using SourceGen.Rpc.Brokers.Nats.JetStream;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.Nats.Tests;

public sealed class ConfigurationTests
{
    [Fact]
    public void An_address_says_everything()
    {
        NatsBrokerOptions options = Parse(
            "nats://ann:s3%40@a,b:4333,[::1]:4?jetstream=true&stream=ALL&subjects=a.>,b&maxAge=60&maxBytes=1000&tls=true&ca=c&cert=d&key=e&name=n"
            + "&connectTimeout=1&publishTimeout=2&replyTimeout=3&ping=4&pending=5&announced=false");
        Assert.Equal(["a:4222", "b:4333", "[::1]:4"], options.Servers);
        Assert.Equal(("ann", "s3@", null), (options.UserName, options.Password, options.Token));
        Assert.Equal((true, "ALL", TimeSpan.FromMinutes(1), 1000L), (options.JetStream, options.StreamName, options.StreamMaxAge, options.StreamMaxBytes));
        Assert.Equal(["a.>", "b"], options.StreamSubjects);
        Assert.Equal((true, "c", "d", "e", "n"), (options.UseTls, options.CertificateAuthorityPath, options.CertificatePath, options.CertificateKeyPath, options.Name));
        Assert.Equal([1, 2, 3, 4], new[] { options.ConnectTimeout, options.PublishTimeout, options.ReplyTimeout, options.PingInterval }.Select(static time => time.TotalSeconds));
        Assert.Equal((5, false), (options.MaxPendingBytes, options.UseAnnouncedServers));
        options = Parse("nats://t0ken@a");
        Assert.Equal((null, "t0ken", true), (options.UserName, options.Token, options.UseAnnouncedServers));
    }

    [Theory]
    [InlineData("nats://", "names no host")]
    [InlineData("nats://a/orders", "the path '/orders'")]
    [InlineData("nats://a?jetstrem=true", "'jetstrem'")]
    [InlineData("nats://a?pending=0", "pending=0")]
    [InlineData("nats://a?announced=no", "announced=no")]
    [InlineData("nats://a?stream=X", "JetStream")]
    [InlineData("nats://a?jetstream=true&stream=X.Y", "'X.Y'")]
    [InlineData("nats://a?jetstream=true&subjects=a", "without StreamName")]
    [InlineData("nats://a?jetstream=true&stream=X&subjects=a..b", "'a..b'")]
    [InlineData("nats://a?key=k", "without CertificatePath")]
    public void What_is_wrong_with_an_address_is_named(string address, string problem)
    {
        FormatException error = Assert.Throws<FormatException>(() => new NatsBrokerProvider().Create(RpcAddress.Parse(address)));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_registered_by_its_scheme_and_as_a_broker()
    {
        ServiceCollection services = new();
        services.AddNatsBroker().AddNatsBroker("nats://ann:secret@10.0.0.1,10.0.0.2:1?jetstream=true", static options => options.Name = "shop");
        await using ServiceProvider provider = services.BuildServiceProvider();
        Assert.Equal("nats", Assert.Single(provider.GetServices<IBrokerProvider>()).Scheme);
        IBroker broker = provider.GetRequiredService<IBroker>();
        Assert.Equal("nats://10.0.0.1:4222,10.0.0.2:1", broker.Address);
        Assert.Equal("shop", Assert.IsType<NatsBrokerOptions>(broker.Options).Name);
        Assert.True(broker.Capabilities.HasFlag(BrokerCapabilities.Durable));
        Assert.Equal(BrokerStatus.Disconnected, broker.State.Status);
    }

    [Fact]
    public void Consumers_of_different_topics_have_different_names()
    {
        Assert.Equal("RPC_orders", JetStreamNames.Stream("orders"));
        Assert.Equal("billing__orders=placed", JetStreamNames.Consumer("billing", "orders.placed"));
        Assert.Equal("billing__orders=+=@", JetStreamNames.Consumer("billing", "orders.*.>"));
        string one = JetStreamNames.Consumer(new string('g', 200), new string('a', 254) + "1");
        string two = JetStreamNames.Consumer(new string('g', 200), new string('a', 254) + "2");
        Assert.Equal((255, 255), (one.Length, two.Length));
        Assert.NotEqual(one, two);
    }

    [Theory]
    [InlineData("$JS.ACK.RPC_a.c.3.77.5.1669070000000000000.0", true)]
    [InlineData("$JS.ACK._.acc.RPC_a.c.3.77.5.1669070000000000000.0", true)]
    [InlineData("$JS.ACK.dom.acc.RPC_a.c.3.77.5.1669070000000000000.0.rand", true)]
    [InlineData("$JS.ACK.RPC_a.c.0.77.5.1.0", false)]
    [InlineData("$JS.ACK.RPC_a.c.x.77.5.1.0", false)]
    [InlineData("$JS.ACK.RPC_a.c.3.-7.5.1.0", false)]
    [InlineData("$JS.ACK.RPC_a.c.99999999999.7.5.1.0", false)]
    [InlineData("$JS.ACK.a.b.c.d.e.f.g.h", false)]
    [InlineData("$JS.ACK.", false)]
    [InlineData("$JS.ACK.........", false)]
    [InlineData("_INBOX.a.1", false)]
    [InlineData("", false)]
    public void Where_a_delivery_is_settled_says_how_often_it_came(string subject, bool isOne)
    {
        Assert.Equal(isOne, AckSubject.TryParse(System.Text.Encoding.ASCII.GetBytes(subject), out AckSubject ack));
        if (isOne) Assert.Equal(new AckSubject(3, 77), ack);
    }

    private static NatsBrokerOptions Parse(string address) => NatsBrokerOptions.Parse(RpcAddress.Parse(address));
}
