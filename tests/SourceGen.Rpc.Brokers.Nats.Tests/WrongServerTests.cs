using SourceGen.Rpc.Brokers.Conformance;
using SourceGen.Rpc.Brokers.Nats.Tests.Support;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.Nats.Tests;

public sealed class WrongServerTests
{
    [Fact]
    public async Task A_server_that_speaks_HTTP_is_named()
    {
        await using FakeServer server = new(static async (stream, _, cancellationToken) =>
            await FakeServer.SendAsync(stream, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", cancellationToken));
        RpcException error = await FailsAsync(server);
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Contains($"{server.Address["nats://".Length..]}: it is no NATS server", error.Message, StringComparison.Ordinal);
        Assert.Contains("'HTTP/1.1 400 Bad Request'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "closed the connection without a greeting")]
    [InlineData("INFO {\"version\":", "closed the connection without a greeting")]
    [InlineData("INFO {\"version\":\r\n", "an INFO that cannot be read")]
    [InlineData("INFO null\r\n", "an INFO that cannot be read")]
    [InlineData("INFO {\"version\":null}\r\n", "an INFO that cannot be read")]
    [InlineData("PING\r\n", "Ping where INFO must be")]
    [InlineData("-ERR 'Authorization Violation'\r\n", "it says 'Authorization Violation'")]
    [InlineData("INFO {}\r\nMSG a 1 0\r\n\r\n", "a message before anything was subscribed to")]
    [InlineData("INFO {}\r\n-ERR 'maximum connections exceeded'\r\n", "it says 'maximum connections exceeded'")]
    public async Task What_it_says_instead_is_named(string text, string problem)
    {
        await using FakeServer server = new(async (stream, _, cancellationToken) =>
        {
            await FakeServer.SendAsync(stream, text, cancellationToken);
            stream.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            await FakeServer.ReadUntilAsync(stream, "never", cancellationToken);
        });
        RpcException error = await FailsAsync(server);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_says_nothing_is_not_waited_for_longer_than_the_options_say_and_the_next_is_tried()
    {
        await using FakeServer silent = new(static (_, _, cancellationToken) => Task.Delay(-1, cancellationToken));
        RpcException error = await FailsAsync(silent, static options => options.ConnectTimeout = TimeSpan.FromMilliseconds(100));
        Assert.Contains("did not greet as NATS does: it took too long", error.Message, StringComparison.Ordinal);

        await using FakeServer good = new(static async (stream, _, cancellationToken) =>
        {
            await FakeServer.WelcomeAsync(stream, cancellationToken);
            await Task.Delay(-1, cancellationToken);
        });
        await using NatsBroker broker = new(new NatsBrokerOptions
        {
            Servers = [silent.Address["nats://".Length..], good.Address["nats://".Length..]],
            ConnectTimeout = TimeSpan.FromSeconds(2),
            PublishTimeout = TimeSpan.FromMilliseconds(100),
        });
        await broker.ConnectAsync();
        Assert.Equal(BrokerStatus.Connected, broker.State.Status);
    }

    [Theory]
    [InlineData("HELLO\r\n")]
    [InlineData("MSG a 1 99999999\r\n")]
    [InlineData("MSG a 2 1\r\nxx\r\n")]
    [InlineData("INFO {\r\n")]
    [InlineData("-ERR 'Stale Connection'\r\n")]
    public async Task A_connection_that_goes_wrong_is_closed_and_made_again_with_its_subscriptions(string wrong)
    {
        TaskCompletionSource subscribed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using FakeServer server = new(async (stream, number, cancellationToken) =>
        {
            await FakeServer.WelcomeAsync(stream, cancellationToken);
            string subscribing = await FakeServer.ReadUntilAsync(stream, "PING\r\n", cancellationToken);
            string sid = subscribing.Split("SUB orders ")[1].Split("\r\n")[0];
            if (number == 1)
            {
                await FakeServer.SendAsync(stream, "PONG\r\n", cancellationToken);
                await subscribed.Task.WaitAsync(cancellationToken);
                await FakeServer.SendAsync(stream, wrong, cancellationToken);
                await FakeServer.ReadUntilAsync(stream, "never", cancellationToken);
                return;
            }

            // A number that nobody has is passed over.
            await FakeServer.SendAsync(stream, $"MSG orders 999 1\r\nx\r\nMSG orders {sid} 5\r\nagain\r\n", cancellationToken);
            await Task.Delay(-1, cancellationToken);
        });
        // On the second connection nobody asks, so its pings have to come by themselves.
        await using NatsBroker broker = server.Create(static options =>
        {
            options.PingInterval = TimeSpan.FromSeconds(1);
            options.PublishTimeout = TimeSpan.FromMilliseconds(100);
        });
        await broker.ConnectAsync();
        Inbox inbox = new();
        await broker.SubscribeAsync("orders", inbox.HandleAsync);
        subscribed.SetResult();
        Assert.Equal("again", (await inbox.WaitAsync(1, Wait.Patience))[0].Text);
    }

    [Fact]
    public async Task Garbage_after_the_welcome_never_breaks_the_client()
    {
        Random random = new(49);
        await using FakeServer server = new(async (stream, number, cancellationToken) =>
        {
            await FakeServer.WelcomeAsync(stream, cancellationToken);
            byte[] garbage = new byte[random.Next(1, 5000)];
            random.NextBytes(garbage);
            if (number % 2 == 0) await FakeServer.SendAsync(stream, "HMSG a 1 20 30\r\n", cancellationToken);
            await stream.WriteAsync(garbage, cancellationToken);
        });
        await using NatsBroker broker = server.Create(static options => options.PublishTimeout = TimeSpan.FromMilliseconds(100));
        await broker.ConnectAsync();
        await Wait.UntilAsync(() => server.Connections > 4, "it connects again after garbage");
        Assert.NotEqual(BrokerStatus.Disconnected, broker.State.Status);
    }

    [Fact]
    public async Task A_server_that_stops_answering_is_given_up()
    {
        await using FakeServer server = new(static async (stream, _, cancellationToken) =>
        {
            await FakeServer.WelcomeAsync(stream, cancellationToken);
            await FakeServer.ReadUntilAsync(stream, "never", cancellationToken);
        });
        await using NatsBroker broker = server.Create(static options =>
        {
            options.PingInterval = TimeSpan.FromMilliseconds(50);
            options.PublishTimeout = TimeSpan.FromMilliseconds(100);
        });
        await broker.ConnectAsync();
        await Wait.UntilAsync(() => server.Connections > 1, "a new connection");
    }

    [Fact]
    public async Task A_server_that_asks_gets_its_answer()
    {
        TaskCompletionSource answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using FakeServer server = new(async (stream, _, cancellationToken) =>
        {
            await FakeServer.WelcomeAsync(stream, cancellationToken);
            await FakeServer.SendAsync(stream, "PING\r\n", cancellationToken);
            await FakeServer.ReadUntilAsync(stream, "PONG\r\n", cancellationToken);
            answered.TrySetResult();
        });
        await using NatsBroker broker = server.Create(static options => options.PublishTimeout = TimeSpan.FromMilliseconds(100));
        await broker.ConnectAsync();
        await answered.Task.WaitAsync(Wait.Patience);
    }

    [Fact]
    public async Task A_server_that_reads_nothing_fills_the_buffer_and_publishing_says_so()
    {
        await using FakeServer server = new(static async (stream, _, cancellationToken) =>
        {
            await FakeServer.WelcomeAsync(stream, cancellationToken);
            await Task.Delay(-1, cancellationToken);
        });
        await using NatsBroker broker = server.Create(static options =>
        {
            options.MaxPendingBytes = 1024 * 1024;
            options.PublishTimeout = TimeSpan.FromMilliseconds(200);
        });
        await broker.ConnectAsync();
        byte[] payload = new byte[100_000];
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                await broker.PublishAsync(new OutgoingMessage("full", payload));
                Assert.True(broker.PendingBytes <= 1024 * 1024);
            }
        });
        Assert.Equal((RpcStatusCode.ResourceExhausted, RpcCallProgress.NotSent), (error.Code, error.Progress));
        Assert.Contains("1,048,576 bytes wait to be sent", error.Message, StringComparison.Ordinal);
    }

    private static async Task<RpcException> FailsAsync(FakeServer server, Action<NatsBrokerOptions>? configure = null)
    {
        await using NatsBroker broker = server.Create(configure);
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await broker.ConnectAsync());
        Assert.Equal((BrokerStatus.Disconnected, RpcCallProgress.NotSent), (broker.State.Status, error.Progress));
        return error;
    }
}
