using SourceGen.Rpc.Brokers.Conformance;
using SourceGen.Rpc.Brokers.Nats.Tests.Support;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.Nats.Tests;

public sealed class AuthenticationTests
{
    private const string Users = """
        authorization {
          users = [
            { user: ann, password: "s3cret@:", permissions: { publish: ["open.>", "_INBOX.>"], subscribe: ["open.>", "_INBOX.>"] } }
          ]
        }
        """;

    [Theory]
    [InlineData("ann:wrong@")]
    [InlineData("bob:s3cret@")]
    [InlineData("")]
    public async Task Who_is_not_known_is_not_let_in(string user)
    {
        await using NatsServer server = await NatsServer.StartAsync(configuration: Users);
        await using NatsBroker broker = server.Create(user: user);
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await broker.ConnectAsync());
        Assert.Equal((RpcStatusCode.Unauthenticated, RpcCallProgress.NotSent), (error.Code, error.Progress));
        Assert.Contains("Authorization Violation", error.Message, StringComparison.Ordinal);
        Assert.Contains(broker.Address, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_user_may_not_do_is_said()
    {
        await using NatsServer server = await NatsServer.StartAsync(configuration: Users);
        await using NatsBroker broker = server.Create(user: "ann:s3cret%40%3A@");
        await broker.ConnectAsync();
        Inbox inbox = new();
        await using ISubscription subscription = await broker.SubscribeAsync("open.a", inbox.HandleAsync);
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await broker.SubscribeAsync("closed.a", inbox.HandleAsync));
        Assert.Equal(RpcStatusCode.PermissionDenied, error.Code);
        Assert.Contains("closed.a", error.Message, StringComparison.Ordinal);
        // The connection goes on.
        await broker.PublishAsync(new OutgoingMessage("closed.a", default));
        await broker.PublishAsync(new OutgoingMessage("open.a", "fine"u8.ToArray()));
        Assert.Equal("fine", (await inbox.WaitAsync(1, Wait.Patience))[0].Text);
    }

    [Fact]
    public async Task A_server_that_knows_nkeys_is_named_as_one()
    {
        await using NatsServer server = await NatsServer.StartAsync(
            configuration: "authorization { users = [ { nkey: UC6NLCN7AS34YOJVCYD4PJ3QB7QGLYG5B5IMBT25VW5K4TNUJODM7BOX } ] }");
        await using NatsBroker broker = server.Create(user: "ann:s3cret@");
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await broker.ConnectAsync());
        Assert.Equal(RpcStatusCode.Unauthenticated, error.Code);
        Assert.Contains("nkeys or credentials files, which this client cannot use", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_lets_in_and_another_does_not()
    {
        await using NatsServer server = await NatsServer.StartAsync(configuration: "authorization { token: \"open-sesame\" }");
        await using NatsBroker broker = server.Create(user: "open-sesame@");
        await broker.ConnectAsync();
        await using NatsBroker other = server.Create(user: "open-barley@");
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await other.ConnectAsync());
        Assert.Equal(RpcStatusCode.Unauthenticated, error.Code);
    }
}
