using System.Globalization;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.Consul.Layouts;
using SourceGen.Rpc.Registries.Consul.Protocol;

namespace SourceGen.Rpc.Registries.Consul.Tests;

/// <summary>Agents that lost their state, or are none.</summary>
public sealed class WrongServerTests
{
    private static readonly ServiceRecord s_a = new("Any", "1.0") { Nodes = [new ServiceNode("a", "tcp://10.0.0.1:1")] };
    private static readonly ServiceRecord s_b = new("Any", "1.0") { Nodes = [new ServiceNode("b", "tcp://10.0.0.2:1")] };

    [Fact]
    public async Task An_index_that_goes_back_begins_from_the_start_with_a_snapshot()
    {
        List<string> asked = [];
        await using FakeHttpServer server = new(async request =>
        {
            asked.Add(request.Path);
            switch (asked.Count)
            {
                case 1:
                    await AnswerAsync(request, 1_000, s_a);
                    break;
                case 2:
                    await AnswerAsync(request, 5, s_b);
                    break;
                case 3:
                    await AnswerAsync(request, 6, s_b);
                    break;
                default:
                    await request.HangAsync();
                    break;
            }
        });
        await using ConsulRegistry registry = Create(server.Endpoint);
        await using WatchRecorder watch = new(registry, "Any");

        await watch.UntilAsync([s_b]);

        Assert.Equal([RegistryEventKind.Snapshot, RegistryEventKind.Snapshot], watch.Events.Select(static change => change.Kind));
        Assert.Contains("index=1000", asked[1], StringComparison.Ordinal);
        Assert.DoesNotContain("index", asked[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_index_of_zero_or_none_does_not_ask_without_end()
    {
        int asked = 0;
        await using FakeHttpServer server = new(async request =>
        {
            Interlocked.Increment(ref asked);
            await request.AnswerAsync("[]");
        });
        await using ConsulRegistry registry = Create(server.Endpoint);
        await using WatchRecorder watch = new(registry, "Any");
        await watch.FirstAsync();
        await Task.Delay(500);

        Assert.InRange(asked, 2, 10);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("[{\"Service\":[]}]")]
    [InlineData("[{\"Service\":{\"ID\":1}}]")]
    [InlineData("[{\"Service\":{\"Tags\":{}}}]")]
    [InlineData("[{\"Service\":{\"Tags\":[1]}}]")]
    [InlineData("[{\"Service\":{\"Meta\":{\"a\":1}}}]")]
    public async Task An_answer_that_is_not_Consuls_is_no_list_of_nodes(string answer)
    {
        await using FakeHttpServer server = new(request => request.AnswerAsync(answer));
        await using ConsulRegistry registry = Create(server.Endpoint);

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => registry.GetServiceAsync("Any").AsTask());

        if (answer == "[1]") Assert.Equal(RpcStatusCode.NotFound, error.Code);
        else Assert.Contains("is not what a Consul agent answers", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_sent_carries_the_token_and_names_are_escaped()
    {
        FakeHttpRequest? seen = null;
        await using FakeHttpServer server = new(async request =>
        {
            seen = request;
            await request.AnswerAsync("[]");
        });
        await using ConsulRegistry registry = new(new ConsulRegistryOptions { Endpoints = { server.Endpoint }, Token = "t0ken" });

        await Assert.ThrowsAsync<RpcException>(() => registry.GetServiceAsync("a/b c").AsTask());

        Assert.Equal("/v1/health/service/a%252Fb%2520c?passing=1", seen!.Path);
        Assert.Contains("X-Consul-Token: t0ken", seen.Head);
    }

    [Fact]
    public async Task An_agent_that_forgets_checks_at_once_is_unavailable()
    {
        await using FakeHttpServer server = new(request => request.Path switch
        {
            "/v1/agent/service/Any%3A1.0%3Aa" => request.AnswerAsync("unknown service ID", 404),
            "/v1/agent/check/pass/service%3AAny%3A1.0%3Aa" => request.AnswerAsync("CheckID \"x\" does not have associated TTL", 500),
            _ => request.AnswerAsync(""),
        });
        await using ConsulRegistry registry = Create(server.Endpoint);

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => registry.RegisterAsync(s_a).AsTask());

        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Contains("forgets the check", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_id_of_another_service_is_not_taken_over_in_GoMicros_layout()
    {
        await using FakeHttpServer server = new(static request => request.AnswerAsync("""{"ID":"a","Service":"Other"}"""));
        await using ConsulRegistry registry = new(
            new ConsulRegistryOptions { Endpoints = { server.Endpoint }, Layout = RecordLayout.GoMicro });

        RpcException error = await Assert.ThrowsAsync<RpcException>(
            () => registry.RegisterAsync(new ServiceRecord("Any", "1") { Nodes = [new ServiceNode("a", "10.0.0.1:1")] }).AsTask());

        Assert.Equal(RpcStatusCode.InvalidArgument, error.Code);
        Assert.Contains("its node id a is that of a node of Other", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_agent_has_against_a_record_is_passed_on()
    {
        await using FakeHttpServer server = new(request => request.Path.Contains("register", StringComparison.Ordinal)
            ? request.AnswerAsync("Invalid Service Meta", 400)
            : request.AnswerAsync("unknown", 404));
        await using ConsulRegistry registry = Create(server.Endpoint);

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => registry.RegisterAsync(s_a).AsTask());

        Assert.Equal(RpcStatusCode.InvalidArgument, error.Code);
        Assert.Contains("does not take the node a: Invalid Service Meta", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_that_falls_silent_is_noticed()
    {
        bool isFirst = true;
        await using FakeHttpServer server = new(async request =>
        {
            if (!isFirst) await request.HangAsync();
            isFirst = false;
            await AnswerAsync(request, 7, s_a);
        });
        await using ConsulRegistry registry = new(new ConsulRegistryOptions
        {
            Endpoints = { server.Endpoint },
            Timeout = TimeSpan.FromMilliseconds(500),
            BlockingQueryWait = TimeSpan.FromMilliseconds(100),
        });
        await using WatchRecorder watch = new(registry, "Any");

        await watch.UntilAsync(static recorder => recorder.Failures.Length > 0, "the failure");

        RpcException error = Assert.IsType<RpcException>(watch.Failures[0]);
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Contains("no answer within", error.Message, StringComparison.Ordinal);
    }

    private static ConsulRegistry Create(string endpoint) => new(new ConsulRegistryOptions { Endpoints = { endpoint } });

    private static Task AnswerAsync(FakeHttpRequest request, int index, ServiceRecord record)
    {
        ConsulService service = new DefaultLayout().Write(record);
        string json = System.Text.Encoding.UTF8.GetString(service.ToJson(timeToLive: null)).Replace(
            "\"Name\":", "\"Service\":", StringComparison.Ordinal);
        string header = string.Create(CultureInfo.InvariantCulture, $"X-Consul-Index: {index}");
        return request.AnswerAsync($"[{{\"Node\":{{\"Address\":\"127.0.0.1\"}},\"Service\":{json}}}]", 200, header);
    }
}
