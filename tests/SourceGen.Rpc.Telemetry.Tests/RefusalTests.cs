using System.Security.Claims;
using System.Threading.RateLimiting;
using SourceGen.Rpc.Client;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Telemetry.Tests.Support;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Telemetry.Tests;

/// <summary>Calls that a server refuses before their handlers run: each has a span and is timed, if the server has the method.</summary>
public sealed class RefusalTests
{
    [Fact]
    public async Task A_call_without_a_permit_failed_on_both_sides_and_is_timed()
    {
        bool open = true;
        using PartitionedRateLimiter<RpcCallInfo> limiter = PartitionedRateLimiter.Create<RpcCallInfo, bool>(
            _ => RateLimitPartition.GetConcurrencyLimiter(
                Volatile.Read(ref open), static isOpen => new ConcurrencyLimiterOptions { PermitLimit = isOpen ? 1000 : 1 }));
        await using Node node = await Node.StartAsync(configure: options => options.RateLimiter = limiter);
        Volatile.Write(ref open, false);
        using Gate gate = new();
        node.On("wait", async _ =>
        {
            await gate.PassAsync();
            return "";
        });
        Task<string> held = node.Proxy.RunAsync("wait").AsTask();
        await gate.Reached;
        using Traces traces = new();
        using Measurements measurements = new();
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => node.Proxy.AddAsync(1, 2).Soon());
        Assert.Equal((RpcStatusCode.ResourceExhausted, RpcCallProgress.Refused), (error.Code, error.Progress));
        (Activity client, Activity server) = await traces.TakeCallAsync();
        ErrorTests.AssertFailed(client, "RESOURCE_EXHAUSTED", null);
        ErrorTests.AssertFailed(server, "RESOURCE_EXHAUSTED", error.Detail);
        Assert.Equal(
            ("Tests.Probe/Add", "sourcegen_rpc", "Tests.Probe/Add", "127.0.0.1"),
            (server.DisplayName, server.GetTagItem("rpc.system.name"), server.GetTagItem("rpc.method"), server.GetTagItem("network.peer.address")));

        await node.Proxy.TellAsync("").Soon();
        (_, server) = await traces.TakeCallAsync();
        Assert.Equal(
            (ActivityStatusCode.Error, "RESOURCE_EXHAUSTED", null),
            (server.Status, server.GetTagItem("error.type"), server.GetTagItem("rpc.response.status_code")));

        await Until.TrueAsync(() => Timed(measurements, "Tests.Probe/Tell") is not null, () => "the one-way call is not measured");
        Measurements.Point timed = Timed(measurements, "Tests.Probe/Add")!;
        Assert.Equal(
            (1, "RESOURCE_EXHAUSTED", "RESOURCE_EXHAUSTED"),
            (timed.Value, timed.Tags["rpc.response.status_code"], timed.Tags["error.type"]));
        gate.Open();
        await held.Soon();
    }

    [Fact]
    public async Task A_caller_who_is_not_known_or_not_allowed_is_refused_in_its_trace_whatever_the_shape()
    {
        await using Node node = await Node.StartAsync(configure: static options =>
        {
            options.Access.AddBearerTokens(static async (token, _) =>
            {
                await Task.Yield();
                return token == "good"
                    ? RpcAuthenticationResult.Success(new ClaimsPrincipal(new ClaimsIdentity("Test")))
                    : RpcAuthenticationResult.Fail("it is a bad one");
            });
        }, credential: "good");
        using Traces traces = new();
        await using RpcClient stranger = await RpcClient.ConnectAsync(node.Address, Node.Patient).Soon();
        await RefusedAsync(() => stranger.Get<IProbe>().AddAsync(1, 2).Soon());

        IProbe wrong = stranger.Get<IProbe>(new RpcCallOptions { Credential = RpcCredential.Bearer("wrong") });
        await RefusedAsync(() => wrong.AddAsync(1, 2).Soon()); // Judged where handlers run.
        await RefusedAsync(() => wrong.UpAsync("", AsyncEnumerable.Empty<int>()).Soon()); // Read before it is judged.

        IProbe good = stranger.Get<IProbe>(new RpcCallOptions { Credential = RpcCredential.Bearer("good") });
        Assert.Equal(3, await good.AddAsync(1, 2).Soon());
        (Activity _, Activity server) = await traces.TakeCallAsync();
        ErrorTests.AssertEnded(server, "OK");

        async Task RefusedAsync(Func<Task> call)
        {
            RpcException error = await Assert.ThrowsAsync<RpcException>(call);
            Assert.Equal((RpcStatusCode.Unauthenticated, RpcCallProgress.Refused), (error.Code, error.Progress));
            (Activity client, Activity server) = await traces.TakeCallAsync();
            ErrorTests.AssertFailed(client, "UNAUTHENTICATED", null);
            ErrorTests.AssertFailed(server, "UNAUTHENTICATED", null);
        }
    }

    [Fact]
    public async Task Arguments_that_cannot_be_read_fail_the_servers_span()
    {
        await using Node node = await Node.StartAsync();
        RpcConnection connection = node.Client.Channel.Current!;
        ushort add = await NumberAsync(connection, "Add");
        using Traces traces = new();
        await Assert.ThrowsAsync<RpcException>(() => CallRaw(connection, add).Soon());
        Activity server = Assert.Single(await traces.TakeAsync(1));
        ErrorTests.AssertFailed(server, "INVALID_ARGUMENT", null);
        Assert.StartsWith("The arguments of Tests.Probe/Add cannot be read: ", server.StatusDescription, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_method_that_the_server_does_not_have_leaves_no_trace()
    {
        await using Node node = await Node.StartAsync();
        RpcConnection connection = node.Client.Channel.Current!;
        using Traces traces = new();
        using Measurements measurements = new();
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => CallRaw(connection, 999).Soon());
        Assert.Equal(RpcStatusCode.Unimplemented, error.Code);
        await node.Proxy.AddAsync(1, 2).Soon(); // Behind it on the same connection.
        (_, Activity server) = await traces.TakeCallAsync();
        ErrorTests.AssertEnded(server, "OK");
        Assert.All(
            measurements.Read().Where(static point => point.Name == "rpc.server.call.duration"),
            static point => Assert.Equal("OK", point.Tags["rpc.response.status_code"]));
    }

    [Fact]
    public async Task What_a_listener_throws_at_a_refusal_goes_to_the_log()
    {
        await using Node node = await Node.StartAsync();
        RpcConnection connection = node.Client.Channel.Current!;
        ushort add = await NumberAsync(connection, "Add");
        using ActivityListener broken = new()
        {
            ShouldListenTo = static source => source.Name == RpcTelemetry.ActivitySourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> options) => options.Kind == ActivityKind.Server
                ? throw new InvalidOperationException("a broken sampler")
                : ActivitySamplingResult.None,
        };
        ActivitySource.AddActivityListener(broken);
        await Assert.ThrowsAsync<RpcException>(() => CallRaw(connection, add).Soon());
        Assert.Contains("a broken sampler", await node.Log.WaitForAsync("A listener of traces or metrics threw"), StringComparison.Ordinal);
        Assert.Equal(3, await node.Proxy.AddAsync(1, 2).Soon());
    }

    private static Measurements.Point? Timed(Measurements measurements, string method) =>
        measurements.Find("rpc.server.call.duration", ("rpc.method", method), ("error.type", "RESOURCE_EXHAUSTED"));

    private static async Task<ushort> NumberAsync(RpcConnection connection, string name)
    {
        RpcContract contract = ContractOf<IProbe>();
        ContractBinding binding = await connection.Contracts.BindAsync(contract, CancellationToken.None).Soon();
        return binding.NumberOf(contract.Methods.Single(method => method.Name == name));
    }

    /// <summary>Calls a method by its number, with arguments that no method has.</summary>
    private static ValueTask<int> CallRaw(RpcConnection connection, ushort number)
    {
        PendingCall<int> call = PendingCall<int>.Rent(
            PendingCall<int>.Pool, "raw", ErrorTests.Raw.Nonsense, 0, long.MaxValue, CancellationToken.None);
        ValueTask<int> result = new(call, call.Version);
        Assert.Equal(
            RpcConnection.StartResult.Written, connection.TryStart(call, number, ErrorTests.Raw.Nonsense, 0, MessageHead.None));
        return result;
    }

    private static RpcContract ContractOf<TService>()
        where TService : class, IRpcContract<TService> => TService.Contract;
}
