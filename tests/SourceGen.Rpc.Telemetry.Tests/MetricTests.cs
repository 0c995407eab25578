using OpenTelemetry.Metrics;
using SourceGen.Rpc.Telemetry.Tests.Support;

namespace SourceGen.Rpc.Telemetry.Tests;

/// <summary>Metrics, by their names, units, attributes and buckets.</summary>
public sealed class MetricTests
{
    private static readonly double[] s_buckets =
        [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, double.PositiveInfinity];

    [Fact]
    public async Task Calls_are_timed_on_both_sides()
    {
        await using Node node = await Node.StartAsync();
        node.On("fail", _ => throw new RpcException(RpcStatusCode.NotFound, "not here"));
        using Measurements measurements = new();
        for (int i = 0; i < 3; i++) await node.Proxy.AddAsync(i, 1).Soon();
        await Assert.ThrowsAsync<RpcException>(() => node.Proxy.RunAsync("fail").Soon());
        await Until.TrueAsync(() => ServerCalls(measurements, "Tests.Probe/Run") == 1, () => "the server's call is not measured");

        Measurements.Point client = measurements.Find(
            "rpc.client.call.duration", ("rpc.method", "Tests.Probe/Add"), ("server.port", node.Port))!;
        Assert.Equal(("s", MetricType.Histogram, 3), (client.Unit, client.Type, client.Value));
        Assert.Equal(s_buckets, client.Bounds);
        Assert.True(client.Sum > 0);
        Assert.Equal(
            new Dictionary<string, object?>
            {
                ["rpc.system.name"] = "sourcegen_rpc",
                ["rpc.method"] = "Tests.Probe/Add",
                ["rpc.response.status_code"] = "OK",
                ["server.address"] = "127.0.0.1",
                ["server.port"] = node.Port,
            },
            client.Tags);

        Measurements.Point server = measurements.Find("rpc.server.call.duration", ("rpc.method", "Tests.Probe/Add"))!;
        Assert.Equal(("s", MetricType.Histogram, 3), (server.Unit, server.Type, server.Value));
        Assert.Equal(s_buckets, server.Bounds);
        Assert.Equal(
            new Dictionary<string, object?>
            {
                ["rpc.system.name"] = "sourcegen_rpc",
                ["rpc.method"] = "Tests.Probe/Add",
                ["rpc.response.status_code"] = "OK",
            },
            server.Tags);

        Assert.Equal("NOT_FOUND", measurements.Find("rpc.client.call.duration", ("rpc.method", "Tests.Probe/Run"))!.Tags["error.type"]);
        Assert.DoesNotContain("error.type", measurements.Find("rpc.server.call.duration", ("rpc.method", "Tests.Probe/Run"))!.Tags.Keys);
    }

    [Fact]
    public async Task A_call_is_timed_as_long_as_its_span()
    {
        await using Node node = await Node.StartAsync("memory://");
        using Traces traces = new();
        using Measurements measurements = new();
        await node.Proxy.AddAsync(1, 2).Soon();
        (Activity client, Activity server) = await traces.TakeCallAsync();
        await Until.TrueAsync(() => ServerCalls(measurements, "Tests.Probe/Add") == 1, () => "the server's call is not measured");
        Assert.Equal(client.Duration.TotalSeconds, measurements.Find("rpc.client.call.duration")!.Sum);
        Assert.Equal(server.Duration.TotalSeconds, measurements.Find("rpc.server.call.duration")!.Sum);
    }

    [Fact]
    public async Task Every_shape_of_call_is_timed_once_and_built_in_services_too()
    {
        await using Node node = await Node.StartAsync();
        node.On("done", _ => new ValueTask<string>("done"));
        node.OnStream("none", static _ => AsyncEnumerable.Empty<int>());
        using Measurements measurements = new();
        await node.Proxy.DoAsync("done").Soon();
        await node.Proxy.TellAsync("done").Soon();
        await node.Proxy.UpAsync("", AsyncEnumerable.Empty<int>()).Soon();
        Assert.Empty(await node.Proxy.DownAsync("none").ToListAsync().AsTask().Soon());
        Assert.Empty(await node.Proxy.BothAsync("", AsyncEnumerable.Empty<int>()).ToListAsync().AsTask().Soon());
        await node.Client.Get<BuiltIn.IHealth>().CheckAsync("").Soon();
        string[] methods =
            ["Tests.Probe/Do", "Tests.Probe/Tell", "Tests.Probe/Up", "Tests.Probe/Down", "Tests.Probe/Both", "rpc.Health/Check"];
        foreach (string method in methods)
        {
            await Until.TrueAsync(() => ServerCalls(measurements, method) == 1, () => $"{method} is not measured by the server");
            Assert.Equal(1, measurements.Find("rpc.client.call.duration", ("rpc.method", method))!.Value);
        }
    }

    [Fact]
    public async Task Connections_and_calls_under_way_are_counted_on_both_sides()
    {
        using Measurements measurements = new();
        using Gate gate = new();
        (long, long, long, long) before;
        await using (Node node = await Node.StartAsync())
        {
            node.On("wait", async _ =>
            {
                await gate.PassAsync();
                return "done";
            });
            await Until.TrueAsync(() => Counts(measurements) is (_, _, 0, 0), () => $"{Counts(measurements)} at first");
            before = Counts(measurements);
            await using RpcClient second = await RpcClient.ConnectAsync(node.Address, Node.Patient).Soon();
            Task<string> call = second.Get<IProbe>().RunAsync("wait").AsTask();
            await gate.Reached;
            Assert.Equal((before.Item1 + 1, before.Item2 + 1, 1, 1), Counts(measurements));
            gate.Open();
            await call.Soon();
            await Until.TrueAsync(() => Counts(measurements) is (_, _, 0, 0), () => $"{Counts(measurements)} after the call");
        }

        await Until.TrueAsync(
            () => Counts(measurements) == (before.Item1 - 1, before.Item2 - 1, 0, 0), () => $"{Counts(measurements)} at the end");
        Assert.Equal("{connection}", measurements.Find("sourcegen.rpc.server.connections")!.Unit);
        Assert.Equal("{call}", measurements.Find("sourcegen.rpc.client.active_calls")!.Unit);
        Assert.Equal(MetricType.LongSumNonMonotonic, measurements.Find("sourcegen.rpc.client.connections")!.Type);
    }

    [Fact]
    public async Task Bytes_are_counted_and_those_of_ended_connections_stay()
    {
        using Measurements measurements = new();
        (long, long, long, long) before = Bytes(measurements);
        (long, long, long, long) open;
        await using (Node node = await Node.StartAsync())
        {
            await node.Proxy.RunAsync(new string('x', 10_000)).Soon().ContinueWith(static _ => { }, TaskScheduler.Default);
            await Until.TrueAsync(
                () => Bytes(measurements) is var now && now.Item1 - before.Item1 == now.Item4 - before.Item4
                    && now.Item2 - before.Item2 == now.Item3 - before.Item3,
                () => $"what one side sent the other did not receive: {Bytes(measurements)} after {before}");
            open = Bytes(measurements);
            Assert.InRange(open.Item1 - before.Item1, 10_000, 12_000);
            Assert.InRange(open.Item2 - before.Item2, 50, 5_000);
        }

        (long, long, long, long) ended = Bytes(measurements);
        Assert.True(ended.Item1 >= open.Item1 && ended.Item2 >= open.Item2 && ended.Item3 >= open.Item3 && ended.Item4 >= open.Item4);
        Measurements.Point point = measurements.Find("sourcegen.rpc.client.io", ("network.io.direction", "transmit"))!;
        Assert.Equal(("By", MetricType.LongSum), (point.Unit, point.Type));
    }

    [Fact]
    public async Task What_limits_turned_away_is_counted()
    {
        await using Node node = await Node.StartAsync(configure: static options =>
        {
            options.MaxTotalConcurrentCalls = 1;
            options.MaxConnections = 1;
        });
        using Measurements measurements = new();
        await Until.TrueAsync(() => Counts(measurements).Item4 == 0, () => $"{Counts(measurements)} at first");
        long calls = measurements.Value("sourcegen.rpc.server.rejected_calls");
        long connections = measurements.Value("sourcegen.rpc.server.rejected_connections");
        using Gate gate = new();
        node.On("wait", async _ =>
        {
            await gate.PassAsync();
            return "done";
        });
        Task<string> call = node.Proxy.RunAsync("wait").AsTask();
        await gate.Reached;
        await Assert.ThrowsAsync<RpcException>(() => node.Proxy.AddAsync(1, 2).Soon());
        await Assert.ThrowsAsync<RpcException>(() => RpcClient.ConnectAsync(node.Address, Node.Patient).AsTask().Soon());
        gate.Open();
        await call.Soon();
        Assert.Equal(calls + 1, measurements.Value("sourcegen.rpc.server.rejected_calls"));
        Assert.Equal(connections + 1, measurements.Value("sourcegen.rpc.server.rejected_connections"));
        Assert.Equal(0, measurements.Value("sourcegen.rpc.server.cut_connections"));
        Measurements.Point refused = measurements.Find("rpc.client.call.duration", ("rpc.method", "Tests.Probe/Add"))!;
        Assert.Equal("RESOURCE_EXHAUSTED", refused.Tags["error.type"]);
    }

    private static long ServerCalls(Measurements measurements, string method) =>
        measurements.Find("rpc.server.call.duration", ("rpc.method", method))?.Value ?? 0;

    private static (long, long, long, long) Counts(Measurements measurements) => (
        measurements.Value("sourcegen.rpc.client.connections"),
        measurements.Value("sourcegen.rpc.server.connections"),
        measurements.Value("sourcegen.rpc.client.active_calls"),
        measurements.Value("sourcegen.rpc.server.active_calls"));

    private static (long, long, long, long) Bytes(Measurements measurements) => (
        measurements.Value("sourcegen.rpc.client.io", ("network.io.direction", "transmit")),
        measurements.Value("sourcegen.rpc.client.io", ("network.io.direction", "receive")),
        measurements.Value("sourcegen.rpc.server.io", ("network.io.direction", "transmit")),
        measurements.Value("sourcegen.rpc.server.io", ("network.io.direction", "receive")));
}
