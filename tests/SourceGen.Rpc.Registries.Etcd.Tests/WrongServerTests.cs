using System.Diagnostics;
using System.Text;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.Etcd.Tests.Support;

namespace SourceGen.Rpc.Registries.Etcd.Tests;

/// <summary>Servers that are no etcd, or a broken one.</summary>
public sealed class WrongServerTests
{
    private const string Empty = """{"header":{"revision":"5"}}""";
    private const string Created = """{"result":{"header":{"revision":"5"},"created":true}}""";

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("{\"header\":1}")]
    [InlineData("{\"header\":{\"revision\":\"x\"}}")]
    [InlineData("{\"header\":{\"revision\":\"1\"},\"kvs\":{}}")]
    [InlineData("{\"header\":{\"revision\":\"1\"},\"kvs\":[1]}")]
    [InlineData("{\"header\":{\"revision\":\"1\"},\"kvs\":[{\"key\":\"?\"}]}")]
    [InlineData("{\"header\":{\"revision\":\"99999999999999999999\"}}")]
    public async Task An_answer_that_is_not_etcds_is_unavailable(string answer)
    {
        await using FakeHttpServer server = new(request => request.AnswerAsync(answer));
        await using EtcdRegistry registry = Create(server.Endpoint);

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => registry.GetServiceAsync("Any").AsTask());

        if (answer == "[]") Assert.Equal(RpcStatusCode.NotFound, error.Code);
        else Assert.Contains("is not what an etcd answers", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_without_end_is_not_read_to_its_end()
    {
        await using FakeHttpServer server = new(async request =>
        {
            await request.BeginAsync();
            byte[] junk = new byte[1024 * 1024];
            while (true) await request.WriteAsync(junk);
        });
        await using EtcdRegistry registry = new(
            new EtcdRegistryOptions { Endpoints = { server.Endpoint }, Timeout = TimeSpan.FromSeconds(30) });

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => registry.GetServiceAsync("Any").AsTask());

        Assert.Contains("the answer has more than 67,108,864 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watchs_messages_arrive_in_any_pieces()
    {
        string record = """{"name":"Größe","version":"1.0","nodes":[{"id":"ä€😀","address":"tcp://h:1"}]}""";
        // Unescaped in JSON, so that characters are cut apart on the way.
        string line = $$$"""{"result":{"header":{"revision":"6","note":"ä€😀"},"events":[{"kv":{"key":"{{{Key("Größe", "ä€😀")}}}","value":"{{{EtcdServer.Base64(record)}}}"}}]}}""";
        await using FakeHttpServer server = new(async request =>
        {
            if (request.Path != "/v3/watch")
            {
                await request.AnswerAsync(Empty);
                return;
            }

            await request.BeginAsync();
            foreach (byte one in Encoding.UTF8.GetBytes($"{Created}\r\n\n{line}\n{line}\n")) await request.WriteAsync(new[] { one });
            await request.HangAsync();
        });
        await using EtcdRegistry registry = Create(server.Endpoint);
        await using WatchRecorder watch = new(registry, "Größe");

        await watch.UntilAsync(static recorder => recorder.Events.Length == 2, "the node");
        Assert.Equal("ä€😀", watch.Events[1].Records[0].Nodes[0].Id);
    }

    [Theory]
    [InlineData("{\"result\":", "a message is not what an etcd says")]
    [InlineData("junk\n", "a message is not what an etcd says")]
    [InlineData("{}\n", "a message has no 'result'")]
    [InlineData("", "the stream has ended")]
    [InlineData("{\"error\":{\"grpc_code\":14,\"http_code\":503,\"message\":\"etcdserver: no leader\"}}\n", "etcdserver: no leader")]
    [InlineData("{\"result\":{\"header\":{\"revision\":\"6\"},\"canceled\":true,\"cancel_reason\":\"for a reason\"}}\n", "for a reason")]
    [InlineData("{\"result\":{\"header\":{\"revision\":\"6\"},\"events\":[{\"kv\":{\"key\":7}}]}}\n", "'key' is no base64")]
    public async Task A_watch_that_says_something_else_or_nothing_more_fails(string rest, string words)
    {
        await using FakeHttpServer server = Watched(async request =>
        {
            await request.WriteAsync(Encoding.UTF8.GetBytes(Created + "\n" + rest));
        });
        await using EtcdRegistry registry = Create(server.Endpoint);
        await using WatchRecorder watch = new(registry, "Any");

        await watch.UntilAsync(static recorder => recorder.Failures.Length > 0, "the failure");

        RpcException error = Assert.IsType<RpcException>(watch.Failures[0]);
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Contains(server.Endpoint, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_without_end_is_not_read_to_its_end()
    {
        await using FakeHttpServer server = Watched(async request =>
        {
            await request.WriteAsync(Encoding.UTF8.GetBytes(Created + "\n"));
            byte[] junk = new byte[1024 * 1024];
            junk.AsSpan().Fill((byte)'x');
            while (true) await request.WriteAsync(junk);
        });
        await using EtcdRegistry registry = Create(server.Endpoint);
        await using WatchRecorder watch = new(registry, "Any");

        await watch.UntilAsync(static recorder => recorder.Failures.Length > 0, "the failure");

        Assert.Contains("a line has more than 16,777,216 bytes", watch.Failures[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_falls_silent_is_noticed()
    {
        TaskCompletionSource isWatched = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using FakeHttpServer server = new(async request =>
        {
            if (request.Path == "/v3/watch")
            {
                await request.BeginAsync();
                await request.WriteAsync(Encoding.UTF8.GetBytes(Created + "\n"));
                isWatched.SetResult();
                await request.HangAsync();
            }
            else if (isWatched.Task.IsCompleted)
            {
                await request.HangAsync();
            }
            else
            {
                await request.AnswerAsync(Empty);
            }
        });
        await using EtcdRegistry registry = new(new EtcdRegistryOptions
        {
            Endpoints = { server.Endpoint },
            Timeout = TimeSpan.FromSeconds(1),
            WatchProbeInterval = TimeSpan.FromMilliseconds(50),
        });
        await using WatchRecorder watch = new(registry, "Any");

        await watch.UntilAsync(static recorder => recorder.Failures.Length > 0, "the failure");

        Assert.Contains("after a silence of 0.05 s", watch.Failures[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_went_back_is_noticed()
    {
        await using FakeHttpServer server = Watched(
            request => request.WriteAsync("{\"result\":{\"header\":{\"revision\":\"2\"},\"created\":true}}\n"u8.ToArray()));
        await using EtcdRegistry registry = Create(server.Endpoint);
        await using WatchRecorder watch = new(registry, "Any");

        await watch.UntilAsync(static recorder => recorder.Failures.Length > 0, "the failure");

        Assert.Contains("went back from revision 5 to 2", watch.Failures[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_next_endpoint_is_asked_when_one_is_dead_silent_or_without_a_leader()
    {
        await using EtcdServer etcd = await EtcdServer.StartAsync();
        await using FakeHttpServer silent = new(static request => request.HangAsync());
        await using FakeHttpServer leaderless = new(
            static request => request.AnswerAsync("""{"error":"etcdserver: no leader","code":14}""", 503));
        await using FakeHttpServer closing = new(static _ => Task.CompletedTask);
        await using EtcdRegistry registry = new(new EtcdRegistryOptions
        {
            Endpoints = { $"127.0.0.1:{FreePorts.Take()}", closing.Endpoint, leaderless.Endpoint, silent.Endpoint, etcd.Endpoint },
            Timeout = TimeSpan.FromSeconds(4),
        });

        await registry.RegisterAsync(Records.Of("Failover", "a"));

        // From now on the one that answered is asked first.
        long start = Stopwatch.GetTimestamp();
        Assert.Equal([Records.Of("Failover", "a")], (await registry.GetServiceAsync("Failover")).ToArray());
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task All_endpoints_and_what_each_said_stand_in_the_error()
    {
        await using FakeHttpServer leaderless = new(
            static request => request.AnswerAsync("""{"error":"etcdserver: no leader","code":14}""", 503));
        string dead = $"127.0.0.1:{FreePorts.Take()}";
        await using EtcdRegistry registry = new(new EtcdRegistryOptions
        {
            Endpoints = { dead, leaderless.Endpoint },
            Timeout = TimeSpan.FromMilliseconds(500),
        });

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => registry.RegisterAsync(Records.Of("Nowhere", "a")).AsTask());

        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.StartsWith(
            $"Could not register Nowhere:1.0 at etcd://{dead},{leaderless.Endpoint}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{dead}: Connection refused", error.Message, StringComparison.Ordinal);
        Assert.Contains("etcdserver: no leader", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_of_another_kind_is_told_by_its_answer()
    {
        await using FakeHttpServer server = new(static request => request.AnswerAsync("404 page not found", 404));
        await using EtcdRegistry registry = Create(server.Endpoint);

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => registry.ListServicesAsync().AsTask());

        Assert.Contains("404 404 page not found (is this an etcd of version 3.4 or later?)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_cancelled_is_cancelled_and_not_unavailable()
    {
        await using FakeHttpServer server = new(static request => request.HangAsync());
        await using EtcdRegistry registry = Create(server.Endpoint);
        using CancellationTokenSource cancel = new();
        Task registering = registry.RegisterAsync(Records.Of("Cancelled", "a"), cancellationToken: cancel.Token).AsTask();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => registering);
    }

    private static string Key(string service, string node) =>
        EtcdServer.Base64($"/sourcegen-rpc/services/{Uri.EscapeDataString(service)}/1.0/{Uri.EscapeDataString(node)}");

    private static EtcdRegistry Create(string endpoint) => new(new EtcdRegistryOptions { Endpoints = { endpoint } });

    private static FakeHttpServer Watched(Func<FakeHttpRequest, Task> watch) => new(async request =>
    {
        if (request.Path != "/v3/watch")
        {
            await request.AnswerAsync(Empty);
            return;
        }

        await request.BeginAsync();
        await watch(request);
    });
}
