using OpenTelemetry.Trace;
using SourceGen.Rpc.Dynamic;
using SourceGen.Rpc.Telemetry.Tests.Support;

namespace SourceGen.Rpc.Telemetry.Tests;

/// <summary>Spans, and how those of one piece of work find together.</summary>
public sealed class TraceTests
{
    [Fact]
    public async Task A_call_has_a_span_on_either_side_with_the_names_of_the_conventions()
    {
        await using Node node = await Node.StartAsync();
        using Traces traces = new();
        Assert.Equal(5, await node.Proxy.AddAsync(2, 3).Soon());
        (Activity client, Activity server) = await traces.TakeCallAsync();
        Assert.Equal(("Tests.Probe/Add", "Tests.Probe/Add"), (client.DisplayName, server.DisplayName));
        Assert.Equal((ActivityStatusCode.Unset, ActivityStatusCode.Unset), (client.Status, server.Status));
        Assert.Equal("SourceGen.Rpc", client.Source.Name);
        Assert.Equal("https://opentelemetry.io/schemas/1.44.0", client.Source.TelemetrySchemaUrl);
        Assert.Equal(
            [
                ("network.peer.address", "127.0.0.1"),
                ("network.peer.port", node.Port),
                ("rpc.method", "Tests.Probe/Add"),
                ("rpc.response.status_code", "OK"),
                ("rpc.system.name", "sourcegen_rpc"),
                ("server.address", "127.0.0.1"),
                ("server.port", (object)node.Port),
            ],
            TagsOf(client));
        Assert.Equal(
            ["network.peer.address", "network.peer.port", "rpc.method", "rpc.response.status_code", "rpc.system.name"],
            TagsOf(server).Select(tag => tag.Key));
        Assert.NotEqual(node.Port, server.GetTagItem("network.peer.port"));
        Assert.Equal(default, client.ParentSpanId);
        Assert.True(server.HasRemoteParent);
    }

    [Fact]
    public async Task From_A_over_B_to_C_and_back_is_one_trace()
    {
        await using Node c = await Node.StartAsync();
        await using Node b = await Node.StartAsync();
        Activity? seen = null;
        c.On("go", async _ =>
        {
            await Task.Yield();
            seen = Activity.Current;
            return "done";
        });
        b.On("go", async ct =>
        {
            await Task.Yield();
            return await c.Proxy.RunAsync("go", CancellationToken.None);
        });
        using Traces traces = new();
        using Activity root = Traces.Own.StartActivity("root")!;
        root.TraceStateString = "vendor=value";
        Assert.Equal("done", await b.Proxy.RunAsync("go").Soon());
        Assert.Same(root, Activity.Current);
        Activity[] spans = await traces.TakeAsync(4);
        Activity[] chain = [root, .. Chain(spans, root)];
        Assert.Equal(
            [ActivityKind.Internal, ActivityKind.Client, ActivityKind.Server, ActivityKind.Client, ActivityKind.Server],
            chain.Select(span => span.Kind));
        Assert.All(chain, span => Assert.Equal((root.TraceId, "vendor=value"), (span.TraceId, span.TraceStateString)));
        Assert.Same(chain[^1], seen);
    }

    [Fact]
    public async Task A_call_back_to_the_caller_belongs_to_the_same_trace()
    {
        CallbackProbe callback = new();
        await using Node node = await Node.StartAsync(callback: callback);
        node.On("go", async _ => (await RpcContext.GetCaller<IProbe>().AddAsync(2, 3)).ToString());
        using Traces traces = new();
        Assert.Equal("5", await node.Proxy.RunAsync("go").Soon());
        Activity[] spans = await traces.TakeAsync(4);
        Activity first = Assert.Single(spans, span => span.ParentSpanId == default);
        Activity[] chain = [first, .. Chain(spans, first)];
        Assert.Equal([ActivityKind.Client, ActivityKind.Server, ActivityKind.Client, ActivityKind.Server], chain.Select(span => span.Kind));
        Assert.Equal(["Tests.Probe/Run", "Tests.Probe/Run", "Tests.Probe/Add", "Tests.Probe/Add"], chain.Select(span => span.DisplayName));

        // The client listens nowhere: its port says only which connection it is.
        Assert.Null(chain[2].GetTagItem("server.address"));
        Assert.Equal("127.0.0.1", chain[2].GetTagItem("network.peer.address"));
    }

    [Fact]
    public async Task The_callers_current_activity_stays_what_it_was_while_the_call_is_under_way()
    {
        await using Node node = await Node.StartAsync();
        using Gate gate = new();
        node.On("wait", async _ =>
        {
            await gate.PassAsync();
            return "done";
        });
        await node.Proxy.AddAsync(1, 1).Soon();
        using Traces traces = new();
        Assert.Null(Activity.Current);
        Task<string> call = node.Proxy.RunAsync("wait").AsTask();
        Assert.Null(Activity.Current);
        await gate.Reached;
        await node.Proxy.AddAsync(1, 1).Soon();
        Assert.Null(Activity.Current);
        gate.Open();
        await call.Soon();
        Assert.Null(Activity.Current);
        Activity[] spans = await traces.TakeAsync(4);
        Assert.Equal(2, spans.Select(span => span.TraceId).Distinct().Count());
    }

    [Fact]
    public async Task A_task_that_outlives_its_handler_goes_on_in_the_trace_and_keeps_its_activity()
    {
        await using Node c = await Node.StartAsync();
        await using Node b = await Node.StartAsync();
        using Gate gate = new();
        Task<(Activity? Before, Activity? After)>? background = null;
        b.On("go", _ =>
        {
            background = Task.Run(async () =>
            {
                await gate.PassAsync();
                Activity? before = Activity.Current;
                await c.Proxy.AddAsync(1, 1);
                return (before, Activity.Current);
            });
            return new ValueTask<string>("done");
        });
        using Traces traces = new();
        await b.Proxy.RunAsync("go").Soon();
        (Activity _, Activity server) = await traces.TakeCallAsync();
        gate.Open();
        (Activity? before, Activity? after) = await background!.Soon();
        Assert.Same(server, before);
        Assert.Same(server, after);
        (Activity later, Activity _) = await traces.TakeCallAsync();
        Assert.Equal((server.TraceId, server.SpanId), (later.TraceId, later.ParentSpanId));
    }

    [Fact]
    public async Task Calls_of_built_in_services_have_no_spans()
    {
        await using Node node = await Node.StartAsync();
        using Traces traces = new();
        await node.Client.Get<BuiltIn.IHealth>().CheckAsync("").Soon();
        await using DynamicRpcClient client = DynamicRpcClient.Over(node.Client);
        ReadOnlyMemory<byte> sum = await client.CallAsync("Tests.Probe", "Add", """{"a":2,"b":3}"""u8.ToArray()).Soon();
        Assert.Equal("5"u8, sum.Span);
        (Activity call, Activity _) = await traces.TakeCallAsync();
        Assert.Equal("Tests.Probe/Add", call.DisplayName);
    }

    [Fact]
    public async Task What_is_not_sampled_is_not_recorded_and_passed_on_all_the_same()
    {
        await using Node c = await Node.StartAsync();
        await using Node b = await Node.StartAsync();
        string? atB = null;
        string? atC = null;
        c.On("go", _ =>
        {
            atC = RpcContext.Current?.RequestHeaders["traceparent"];
            return new ValueTask<string>("done");
        });
        b.On("go", async _ =>
        {
            atB = RpcContext.Current?.RequestHeaders["traceparent"];
            return await c.Proxy.RunAsync("go", CancellationToken.None);
        });
        using Traces traces = new(new AlwaysOffSampler());
        await b.Proxy.RunAsync("go").Soon();
        Assert.Equal("00", atB!.Split('-')[3]);
        Assert.Equal(atB.Split('-')[1], atC!.Split('-')[1]);
        Assert.Equal("00", atC.Split('-')[3]);
        Assert.Empty(traces.Ended);
    }

    [Fact]
    public async Task Without_a_listener_nothing_goes_over_the_wire_and_with_one_removed_neither()
    {
        await using Node node = await Node.StartAsync();
        using Gate gate = new();
        List<string?> seen = [];
        node.On("look", async _ =>
        {
            seen.Add(RpcContext.Current?.RequestHeaders["traceparent"]);
            if (seen.Count == 2) await gate.PassAsync();
            return "done";
        });
        await node.Proxy.RunAsync("look").Soon();
        using (Traces traces = new())
        {
            Task<string> underWay = node.Proxy.RunAsync("look").AsTask();
            await gate.Reached;
            traces.Dispose();
            gate.Open();
            Assert.Equal("done", await underWay.Soon());
            Assert.Equal(2, traces.Started.Length);
        }

        await node.Proxy.RunAsync("look").Soon();
        Assert.Null(seen[0]);
        Assert.NotNull(seen[1]);
        Assert.Null(seen[2]);
    }

    [Fact]
    public async Task A_call_that_was_under_way_when_somebody_began_to_listen_is_not_listened_to()
    {
        await using Node node = await Node.StartAsync();
        using Gate gate = new();
        Activity? seen = null;
        node.On("wait", async _ =>
        {
            await gate.PassAsync();
            seen = Activity.Current;
            return "done";
        });
        Task<string> call = node.Proxy.RunAsync("wait").AsTask();
        await gate.Reached;
        using Traces traces = new();
        using Measurements measurements = new();
        gate.Open();
        await call.Soon();
        await node.Proxy.AddAsync(1, 2).Soon();
        (Activity client, Activity _) = await traces.TakeCallAsync();
        Assert.Equal("Tests.Probe/Add", client.DisplayName);
        Assert.Null(seen);
        Assert.Null(measurements.Find("rpc.client.call.duration", ("rpc.method", "Tests.Probe/Run")));
        Assert.Null(measurements.Find("rpc.server.call.duration", ("rpc.method", "Tests.Probe/Run")));
    }

    [Fact]
    public async Task A_call_where_the_execution_context_does_not_flow_leaves_the_current_activity_alone()
    {
        await using Node node = await Node.StartAsync();
        using Traces traces = new();
        Task<int> call;
        using (ExecutionContext.SuppressFlow())
        {
            call = node.Proxy.AddAsync(1, 2).AsTask();
            Assert.Null(Activity.Current);
        }

        Assert.Equal(3, await call.Soon());
        await traces.TakeCallAsync();
    }

    [Fact]
    public async Task Filters_of_a_server_run_inside_its_span_and_those_of_a_client_around_each_of_its_spans()
    {
        Watching server = new();
        Watching client = new() { Times = 2 };
        await using Node node = await Node.StartAsync(configure: options => options.Filters.Add(server));
        RpcClientOptions options = Node.Patient;
        options.Filters.Add(client);
        await using RpcClient filtered = await RpcClient.ConnectAsync(node.Address, options).Soon();
        using Traces traces = new();
        server.Seen.Clear();
        Assert.Equal(3, await filtered.Get<IProbe>().AddAsync(1, 2).Soon());
        Activity[] spans = await traces.TakeAsync(4);
        Assert.Null(Assert.Single(client.Seen));
        Assert.Equal(
            spans.Where(span => span.Kind == ActivityKind.Server).Select(span => span.SpanId).ToHashSet(),
            server.Seen.Select(span => span!.SpanId).ToHashSet());
        Assert.Equal(2, spans.Select(span => span.TraceId).Distinct().Count());
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("00-00000000000000000000000000000000-0000000000000000-01")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more")]
    [InlineData("ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")]
    public async Task A_malformed_parent_is_ignored(string parent)
    {
        await using Node node = await Node.StartAsync();

        // Clients are not listened to, or they would put their own in its place.
        List<Activity> spans = [];
        using ActivityListener listener = new()
        {
            ShouldListenTo = static source => source.Name == RpcTelemetry.ActivitySourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> options) =>
                options.Kind == ActivityKind.Server ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = span =>
            {
                lock (spans) spans.Add(span);
            },
        };
        ActivitySource.AddActivityListener(listener);
        IProbe proxy = node.Client.Get<IProbe>(new RpcCallOptions { Headers = { ["traceparent"] = parent, ["tracestate"] = "a=b" } });
        Assert.Equal(3, await proxy.AddAsync(1, 2).Soon());
        await Until.TrueAsync(() => spans.Count == 1, () => $"there are {spans.Count} spans");
        Assert.Equal(default, spans[0].ParentSpanId);
        Assert.Null(spans[0].TraceStateString);
    }

    [Fact]
    public async Task The_trace_takes_the_place_of_a_header_of_the_same_name_and_leaves_others_alone()
    {
        await using Node node = await Node.StartAsync();
        RpcContext? seen = null;
        node.On("look", _ =>
        {
            seen = RpcContext.Current;
            return new ValueTask<string>("done");
        });
        using Traces traces = new();
        RpcCallOptions options = new()
        {
            Headers = { ["Traceparent"] = "mine", ["tracestate"] = "mine=1", ["tenant"] = "acme" },
            Baggage = { ["user"] = "you" },
        };
        await node.Client.Get<IProbe>(options).RunAsync("look").Soon();
        (Activity client, Activity _) = await traces.TakeCallAsync();
        Assert.Equal([client.Id!], seen!.RequestHeaders.GetValues("traceparent"));
        Assert.Empty(seen.RequestHeaders.GetValues("tracestate"));
        Assert.Equal("acme", seen.RequestHeaders["tenant"]);
        Assert.Equal("user: you", seen.Baggage.ToString());
    }

    [Fact]
    public async Task A_call_whose_headers_are_full_goes_out_without_its_trace()
    {
        await using Node node = await Node.StartAsync();
        using Traces traces = new();
        RpcCallOptions options = new() { Headers = { ["large"] = new string('x', 16 * 1024 - 20) } };
        Assert.Equal(3, await node.Client.Get<IProbe>(options).AddAsync(1, 2).Soon());
        Activity[] spans = await traces.TakeAsync(2);
        Assert.Equal(2, spans.Select(span => span.TraceId).Distinct().Count());
    }

    [Fact]
    public async Task A_listener_that_throws_fails_no_served_call()
    {
        await using Node node = await Node.StartAsync();
        using ActivityListener listener = new()
        {
            ShouldListenTo = static source => source.Name == RpcTelemetry.ActivitySourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = static _ => throw new InvalidOperationException("the listener is broken"),
        };
        ActivitySource.AddActivityListener(listener);
        for (int i = 0; i < 3; i++) Assert.Equal(3, await node.Proxy.AddAsync(1, 2).Soon());
        Assert.Contains("Tests.Probe/Add", await node.Log.WaitForAsync("the listener is broken"), StringComparison.Ordinal);
    }

    private static (string Key, object Value)[] TagsOf(Activity span) =>
        [.. span.TagObjects.Select(tag => (tag.Key, tag.Value!)).OrderBy(tag => tag.Key, StringComparer.Ordinal)];

    /// <summary>The spans below one, each the only child of the one before.</summary>
    private static IEnumerable<Activity> Chain(Activity[] spans, Activity from)
    {
        while (spans.SingleOrDefault(span => span.ParentSpanId == from.SpanId) is { } next)
        {
            yield return next;
            from = next;
        }
    }
}
