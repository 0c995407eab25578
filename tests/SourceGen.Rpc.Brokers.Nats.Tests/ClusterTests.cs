using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using SourceGen.Rpc.Brokers.Conformance;
using SourceGen.Rpc.Brokers.Nats.Connection;
using SourceGen.Rpc.Brokers.Nats.Tests.Support;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.PubSub;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.Shared;

namespace SourceGen.Rpc.Brokers.Nats.Tests;

/// <summary>Servers of one cluster, of which the broker's address names the first.</summary>
public sealed class ClusterTests : IDisposable
{
    private readonly TestCertificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task Another_server_of_the_cluster_is_used_when_that_of_the_address_is_killed()
    {
        await using NatsCluster cluster = await NatsCluster.StartAsync();
        LogRecorder log = new();
        await using NatsBroker broker = cluster.First.Create(log: log);
        await broker.ConnectAsync();
        Inbox inbox = new();
        await using ISubscription subscription = await broker.SubscribeAsync("moved", inbox.HandleAsync);
        await cluster.First.KillAsync();
        await Wait.UntilAsync(() => log.Lines.Any(line => line.EndsWith($"is there again, by 127.0.0.1:{cluster.Second.Port}", StringComparison.Ordinal)), "it uses the second");
        await broker.PublishAsync(Text("moved", "x"));
        await inbox.WaitAsync(1, Wait.Patience);
    }

    [Fact]
    public async Task It_is_not_where_the_options_say_so()
    {
        await using NatsCluster cluster = await NatsCluster.StartAsync();
        await using NatsBroker broker = cluster.First.Create("?announced=false");
        await broker.ConnectAsync();
        await cluster.First.KillAsync();
        await Wait.UntilAsync(() => broker.State.Problem?.Contains("cannot be connected to", StringComparison.Ordinal) == true, "it tries the first again");
        Assert.DoesNotContain($":{cluster.Second.Port}", broker.State.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_without_TLS_is_refused_when_one_with_it_announced_it()
    {
        string tls = $"tls {{ cert_file: \"{_certificates.ServerCertificate}\", key_file: \"{_certificates.ServerKey}\" }}";
        await using NatsCluster cluster = await NatsCluster.StartAsync(first: tls);
        NatsBrokerOptions options = new() { Servers = [$"127.0.0.1:{cluster.First.Port}"], CertificateAuthorityPath = _certificates.Authority };
        await using NatsBroker broker = new(options);
        await broker.ConnectAsync();
        await cluster.First.KillAsync();
        await Wait.UntilAsync(
            () => broker.State.Problem?.Contains($"127.0.0.1:{cluster.Second.Port}: it has no TLS", StringComparison.Ordinal) == true, "the second is refused");
        Assert.Equal(BrokerStatus.Reconnecting, broker.State.Status);
    }

    [Fact]
    public async Task One_without_TLS_is_refused_also_where_only_the_server_that_announced_it_asked_for_TLS()
    {
        await using FakeServer server = new(static (stream, _, cancellationToken) => FakeServer.WelcomeAsync(stream, cancellationToken));
        RegistryEndpoint address = RegistryEndpoint.Parse(server.Address["nats://".Length..], 0);
        NatsConnectException error = await Assert.ThrowsAsync<NatsConnectException>(() => NatsConnection.OpenAsync(
            new NatsEndpoint(address, address.Host, NeedsTls: true), new NatsBrokerOptions(), new TlsFiles(null, null, null, NullLogger.Instance), default));
        Assert.Contains("it has no TLS, and the server that announced it has", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_about_to_stop_is_left_and_nothing_is_lost_and_nothing_comes_twice()
    {
        await using NatsCluster cluster = await NatsCluster.StartAsync();
        LogRecorder log = new();
        await using NatsBroker moving = cluster.First.Create(log: log);
        await moving.ConnectAsync();
        Inbox alone = new();
        Inbox grouped = new();
        // Topics of their own: servers of a cluster pass what came for a group's member that has just left back to another one, and what else is
        // subscribed to there may get it again. That is theirs (seen with 2.9.10), whoever leaves and why.
        await using ISubscription first = await moving.SubscribeAsync("duck.*", alone.HandleAsync);
        await using ISubscription second = await moving.SubscribeAsync("goose.*", grouped.HandleAsync, new SubscriptionOptions { QueueGroup = "g" });
        // One publisher stays where it is, the other moves with the subscriptions.
        await using NatsBroker staying = cluster.Second.Create();
        await staying.ConnectAsync();
        // The second server knows of the subscriptions when something comes from there.
        await WaitForRouteAsync(staying, alone, grouped);
        int before = alone.Letters.Count;
        using CancellationTokenSource ending = new();
        Task<int>[] publishing = [.. new[] { moving, staying }.Select((broker, i) => Task.Run(async () =>
        {
            int number = 0;
            for (; !ending.IsCancellationRequested; number++)
            {
                await broker.PublishAsync(Text($"duck.p{i}", number.ToString(CultureInfo.InvariantCulture)));
                // The same text again and again: nothing tells one from a copy of it.
                await broker.PublishAsync(Text($"duck.same{i}", "tick"));
                await broker.PublishAsync(Text($"goose.p{i}", number.ToString(CultureInfo.InvariantCulture)));
                if (number % 4 == 0) await Task.Delay(1);
            }

            return number;
        }))];
        await alone.WaitAsync(before + 500, Wait.Patience);
        await cluster.First.AskToLeaveAsync();
        await Wait.UntilAsync(() => log.Lines.Any(static line => line.Contains("has moved to", StringComparison.Ordinal)), () => $"it moves: {string.Join("; ", log.Lines)} {cluster.First.Output}");
        int moved = alone.Letters.Count;
        await alone.WaitAsync(moved + 500, Wait.Patience);
        await ending.CancelAsync();
        int[] counts = await Task.WhenAll(publishing);
        for (int i = 0; i < 2; i++)
        {
            await Wait.UntilAsync(() => TextsOf(alone, $"duck.p{i}").Count >= counts[i], $"all of duck.p{i} have come");
            Assert.Equal(Enumerable.Range(0, counts[i]), TextsOf(alone, $"duck.p{i}").Select(Number));
            // Among copies of each other, some of the moment of the move may be missing, never too many.
            await Wait.UntilAsync(() => TextsOf(alone, $"duck.same{i}").Count >= counts[i] - 200, $"all of duck.same{i} have come");
            Assert.InRange(TextsOf(alone, $"duck.same{i}").Count, 0, counts[i]);
            // The members of a group take turns, and for a moment both connections are members.
            await Wait.UntilAsync(() => TextsOf(grouped, $"goose.p{i}").Count >= counts[i], $"all of goose.p{i} have come");
            Assert.Equal(Enumerable.Range(0, counts[i]), TextsOf(grouped, $"goose.p{i}").Select(Number).Order());
        }

        static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

        Assert.DoesNotContain(log.Lines, static line => line.Contains("was lost", StringComparison.Ordinal));
        Assert.Equal((0, 0), (first.Counts.Dropped, second.Counts.Dropped));
        // It stops when nobody is there any more, long before it would close its connections.
        await Wait.UntilAsync(() => !cluster.First.Runs, "the first stops");
        Assert.Equal(BrokerStatus.Connected, moving.State.Status);
    }

    [Fact]
    public async Task With_JetStream_too_a_server_that_is_about_to_stop_is_left_and_nothing_that_was_confirmed_is_lost()
    {
        await using NatsCluster cluster = await NatsCluster.StartAsync(count: 3, hasJetStream: true);
        NatsClient admin = new(NatsBrokerOptions.Parse(RpcAddress.Parse(cluster.Second.Address)), cluster.Second.Address, NullLogger.Instance);
        await admin.ConnectAsync(default);
        await CreateStreamAsync(admin);
        LogRecorder log = new();
        await using NatsBroker moving = cluster.First.Create("?jetstream=true", log: log);
        await moving.ConnectAsync();
        Inbox inbox = new();
        await using ISubscription subscription = await moving.SubscribeAsync("duck.a", inbox.HandleAsync, new SubscriptionOptions { QueueGroup = "g", IsDurable = true });
        using CancellationTokenSource ending = new();
        List<string> confirmed = [];
        Task publishing = Task.Run(async () =>
        {
            for (int number = 0; !ending.IsCancellationRequested; number++)
            {
                string text = number.ToString(CultureInfo.InvariantCulture);
                try
                {
                    await moving.PublishAsync(Text("duck.a", text));
                    lock (confirmed) confirmed.Add(text);
                }
                catch (RpcException e)
                {
                    // The stream's leader may have been on that server.
                    Assert.Equal(RpcStatusCode.Unavailable, e.Code);
                }
            }
        });
        await inbox.WaitAsync(100, Wait.Patience);
        await cluster.First.AskToLeaveAsync();
        await Wait.UntilAsync(() => log.Lines.Any(static line => line.Contains("has moved to", StringComparison.Ordinal)), () => $"it moves: {string.Join("; ", log.Lines)}");
        await Wait.UntilAsync(() => !cluster.First.Runs, "the first stops");
        int before = inbox.Letters.Count;
        await inbox.WaitAsync(before + 100, Wait.Patience);
        await ending.CancelAsync();
        await publishing;
        await Wait.UntilAsync(
            () => confirmed.ToHashSet(StringComparer.Ordinal).IsSubsetOf(inbox.Texts), () => $"all {confirmed.Count} that were confirmed are there: {string.Join("; ", log.Lines)}");
        Assert.DoesNotContain(log.Lines, static line => line.Contains("was lost", StringComparison.Ordinal));
        await admin.DisconnectAsync(default);
    }

    [Fact]
    public async Task Without_another_server_it_stays_until_the_end()
    {
        await using NatsServer server = await NatsServer.StartAsync(configuration: "lame_duck_grace_period: \"2s\"\nlame_duck_duration: \"30s\"");
        LogRecorder log = new();
        await using NatsBroker broker = server.Create(log: log);
        await broker.ConnectAsync();
        Inbox inbox = new();
        await using ISubscription subscription = await broker.SubscribeAsync("alone", inbox.HandleAsync);
        await server.AskToLeaveAsync();
        await Wait.UntilAsync(() => log.Lines.Any(static line => line.Contains("is about to stop, and there is no other", StringComparison.Ordinal)), "it is logged");
        await Wait.UntilAsync(() => !server.Runs, "it stops");
        await Wait.UntilAsync(() => broker.State.Status == BrokerStatus.Reconnecting, "it sees the end");
        await server.KillAsync();
        await server.RestartAsync();
        await Wait.UntilAsync(() => broker.State.Status == BrokerStatus.Connected, "it is back");
        await broker.PublishAsync(Text("alone", "x"));
        await inbox.WaitAsync(1, Wait.Patience);
    }

    /// <summary>Creates a stream that outlasts one of three servers. They choose a leader first, and do not answer, or that they cannot, until then.</summary>
    private static async Task CreateStreamAsync(NatsClient admin)
    {
        byte[] config = """{"name":"RPC_duck","subjects":["duck","duck.>"],"num_replicas":3,"storage":"file","retention":"limits"}"""u8.ToArray();
        string problem = "";
        for (int attempt = 0; attempt < 30; attempt++)
        {
            try
            {
                NatsReply reply = await admin.RequestAsync("$JS.API.STREAM.CREATE.RPC_duck", config, TimeSpan.FromSeconds(2), default);
                problem = $"{reply.Status} {Encoding.UTF8.GetString(reply.Payload)}";
                if (problem.Contains("\"created\"", StringComparison.Ordinal)) return;
            }
            catch (RpcException e)
            {
                problem = e.Message;
            }

            await Task.Delay(200);
        }

        Assert.Fail(problem);
    }

    private static List<string> TextsOf(Inbox inbox, string topic) =>
        [.. inbox.Letters.Where(letter => letter.Topic == topic).Select(static letter => letter.Text)];

    private static async Task WaitForRouteAsync(NatsBroker from, params Inbox[] inboxes)
    {
        await Wait.UntilAsync(
            () =>
            {
                _ = from.PublishAsync(Text("duck.hello", "hello")).AsTask();
                _ = from.PublishAsync(Text("goose.hello", "hello")).AsTask();
                return inboxes.All(static inbox => inbox.Letters.Count > 0);
            },
            "the route is there");
    }

    private static OutgoingMessage Text(string topic, string text) => new(topic, Encoding.UTF8.GetBytes(text));
}
