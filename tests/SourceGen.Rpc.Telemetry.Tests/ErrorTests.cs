using System.Buffers;
using SourceGen.Rpc.Client;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Telemetry.Tests.Support;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Telemetry.Tests;

/// <summary>What becomes of the spans of calls that fail, each in its way.</summary>
public sealed class ErrorTests
{
    [Theory]
    [InlineData(RpcStatusCode.Cancelled, "CANCELLED", false)]
    [InlineData(RpcStatusCode.Unknown, "UNKNOWN", true)]
    [InlineData(RpcStatusCode.InvalidArgument, "INVALID_ARGUMENT", false)]
    [InlineData(RpcStatusCode.DeadlineExceeded, "DEADLINE_EXCEEDED", true)]
    [InlineData(RpcStatusCode.NotFound, "NOT_FOUND", false)]
    [InlineData(RpcStatusCode.AlreadyExists, "ALREADY_EXISTS", false)]
    [InlineData(RpcStatusCode.PermissionDenied, "PERMISSION_DENIED", false)]
    [InlineData(RpcStatusCode.ResourceExhausted, "RESOURCE_EXHAUSTED", false)]
    [InlineData(RpcStatusCode.FailedPrecondition, "FAILED_PRECONDITION", false)]
    [InlineData(RpcStatusCode.Aborted, "ABORTED", false)]
    [InlineData(RpcStatusCode.OutOfRange, "OUT_OF_RANGE", false)]
    [InlineData(RpcStatusCode.Unimplemented, "UNIMPLEMENTED", true)]
    [InlineData(RpcStatusCode.Internal, "INTERNAL", true)]
    [InlineData(RpcStatusCode.Unavailable, "UNAVAILABLE", true)]
    [InlineData(RpcStatusCode.DataLoss, "DATA_LOSS", true)]
    [InlineData(RpcStatusCode.Unauthenticated, "UNAUTHENTICATED", false)]
    public async Task Every_code_is_an_error_to_the_caller_and_some_to_the_server(RpcStatusCode code, string name, bool isServers)
    {
        await using Node node = await Node.StartAsync("memory://");
        node.On("fail", _ => throw new RpcException(code, "no such thing"));
        using Traces traces = new();
        await Assert.ThrowsAsync<RpcException>(() => node.Proxy.RunAsync("fail").Soon());
        (Activity client, Activity server) = await traces.TakeCallAsync();
        AssertFailed(client, name, "no such thing");
        if (isServers) AssertFailed(server, name, "no such thing");
        else AssertEnded(server, name);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_the_contract_does_not_declare_is_unknown_and_its_id_is_the_trace(bool late)
    {
        await using Node node = await Node.StartAsync();
        node.On("fail", async _ =>
        {
            if (late) await Task.Yield();
            throw new InvalidOperationException("a secret");
        });
        using Traces traces = new();
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => node.Proxy.RunAsync("fail").Soon());
        (Activity client, Activity server) = await traces.TakeCallAsync();
        Assert.Equal(server.TraceId.ToString(), error.Id);
        Assert.DoesNotContain("a secret", error.Message, StringComparison.Ordinal);
        AssertFailed(client, "UNKNOWN", error.Message);
        AssertFailed(server, "UNKNOWN", "a secret");
        Assert.Contains("a secret", await node.Log.WaitForAsync(error.Id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_listener_the_id_is_still_that_of_the_callers_trace()
    {
        await using Node node = await Node.StartAsync();
        node.On("fail", static _ => throw new InvalidOperationException("a secret"));
        const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        RpcCallOptions options = new() { Headers = { ["traceparent"] = $"00-{Trace}-00f067aa0ba902b7-01" } };
        IProbe traced = node.Client.Get<IProbe>(options);
        Assert.Equal(Trace, (await Assert.ThrowsAsync<RpcException>(() => traced.RunAsync("fail").Soon())).Id);
        string other = (await Assert.ThrowsAsync<RpcException>(() => node.Proxy.RunAsync("fail").Soon())).Id;
        Assert.NotEqual(Trace, other);
        Assert.True(Guid.TryParseExact(other, "N", out _));
    }

    [Fact]
    public async Task A_declared_exception_has_the_code_that_the_contract_gives_it()
    {
        await using Node node = await Node.StartAsync("memory://");
        node.On("fail", _ => throw new ProbeException("not here"));
        using Traces traces = new();
        await Assert.ThrowsAsync<ProbeException>(() => node.Proxy.RunAsync("fail").Soon());
        (Activity client, Activity server) = await traces.TakeCallAsync();
        AssertFailed(client, "NOT_FOUND", "not here");
        AssertEnded(server, "NOT_FOUND");
    }

    [Fact]
    public async Task A_cancelled_call_is_an_error_to_the_caller_alone()
    {
        await using Node node = await Node.StartAsync();
        using Gate gate = new();
        node.On("wait", async ct =>
        {
            await gate.PassAsync().WaitAsync(ct);
            return "done";
        });
        using Traces traces = new();
        using CancellationTokenSource source = new();
        Task<string> call = node.Proxy.RunAsync("wait", source.Token).AsTask();
        await gate.Reached;
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Soon());
        (Activity client, Activity server) = await traces.TakeCallAsync();
        AssertFailed(client, "CANCELLED", null);
        AssertEnded(server, "CANCELLED");
    }

    [Fact]
    public async Task A_call_past_its_deadline_failed_on_both_sides()
    {
        await using Node node = await Node.StartAsync();
        node.On("wait", async ct =>
        {
            await Task.Delay(Timeout.Infinite, ct);
            return "done";
        });
        using Traces traces = new();
        await Assert.ThrowsAsync<RpcException>(() => node.Proxy.RunBrieflyAsync("wait").Soon());
        (Activity client, Activity server) = await traces.TakeCallAsync();
        AssertFailed(client, "DEADLINE_EXCEEDED", null);
        AssertFailed(server, "DEADLINE_EXCEEDED", null);
    }

    [Fact]
    public async Task A_call_that_was_never_started_because_its_time_had_passed_failed()
    {
        await using Node node = await Node.StartAsync();
        RpcConnection connection = node.Client.Channel.Current!;
        RpcContract contract = ContractOf<IProbe>();
        RpcMethod add = contract.Methods.Single(static method => method.Name == "Add");
        ushort number = (await connection.Contracts.BindAsync(contract, CancellationToken.None)).NumberOf(add);
        using Traces traces = new();
        PendingCall<int> call = PendingCall<int>.Rent(
            PendingCall<int>.Pool, "Add", Raw.OneAndTwo, 0, long.MaxValue, CancellationToken.None);
        ValueTask<int> result = new(call, call.Version);
        Assert.Equal(
            RpcConnection.StartResult.Written,
            connection.TryStart(call, number, Raw.OneAndTwo, 0, new MessageHead(remainingMs: 0, headers: null)));
        await Assert.ThrowsAsync<RpcException>(() => result.Soon());
        Activity server = Assert.Single(await traces.TakeAsync(1));
        AssertFailed(server, "DEADLINE_EXCEEDED", "Tests.Probe/Add was not started within the 0 ms that its caller allowed.");
    }

    [Fact]
    public async Task A_lost_connection_fails_the_call_and_cancels_the_handler()
    {
        await using Node node = await Node.StartAsync();
        using Gate gate = new();
        node.On("wait", async ct =>
        {
            await gate.PassAsync().WaitAsync(ct);
            return "done";
        });
        using Traces traces = new();
        Task<string> call = node.Proxy.RunAsync("wait").AsTask();
        await gate.Reached;
        await node.Client.DisposeAsync().Soon();
        await Assert.ThrowsAsync<RpcException>(() => call.Soon());
        (Activity client, Activity server) = await traces.TakeCallAsync();
        AssertFailed(client, "UNAVAILABLE", null);
        AssertEnded(server, "CANCELLED");
    }

    [Fact]
    public async Task A_call_that_is_never_sent_has_the_callers_span_alone()
    {
        await using Node node = await Node.StartAsync();
        RpcClientOptions impatient = new() { ConnectTimeout = TimeSpan.FromMilliseconds(50) };
        await using RpcClient nowhere = RpcClient.Create("memory://nobody", impatient);
        using Traces traces = new();
        await Assert.ThrowsAsync<RpcException>(() => nowhere.Get<IProbe>().AddAsync(1, 2).Soon());
        Activity span = Assert.Single(await traces.TakeAsync(1));
        AssertFailed(span, "UNAVAILABLE", null);
        Assert.Equal("nobody", span.GetTagItem("server.address"));
        Assert.Null(span.GetTagItem("network.peer.address"));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => node.Proxy.RunAsync("", new CancellationToken(true)).Soon());
        AssertFailed(Assert.Single(await traces.TakeAsync(1)), "CANCELLED", null);

        await Assert.ThrowsAsync<RpcException>(() => node.Proxy.EchoAsync(Brittle.Of(-1)).Soon());
        AssertFailed(Assert.Single(await traces.TakeAsync(1)), "INVALID_ARGUMENT", null);

        // Once more, on the way without waiting.
        await node.Proxy.EchoAsync(Brittle.Of(1)).Soon();
        await traces.TakeAsync(2);
        await Assert.ThrowsAsync<RpcException>(() => node.Proxy.EchoAsync(Brittle.Of(-1)).Soon());
        AssertFailed(Assert.Single(await traces.TakeAsync(1)), "INVALID_ARGUMENT", null);
    }

    [Fact]
    public async Task A_result_that_cannot_be_encoded_failed_on_both_sides()
    {
        await using Node node = await Node.StartAsync("memory://");
        using Traces traces = new();
        await Assert.ThrowsAsync<RpcException>(() => node.Proxy.EchoAsync(Brittle.Of(-2)).Soon());
        (Activity client, Activity server) = await traces.TakeCallAsync();
        AssertFailed(client, "INTERNAL", null);
        AssertFailed(server, "INTERNAL", "The result of Tests.Probe/Echo cannot be encoded.");
    }

    [Fact]
    public async Task A_one_way_call_has_no_status_and_its_server_an_error_all_the_same()
    {
        await using Node node = await Node.StartAsync();
        node.On("tell", _ => new ValueTask<string>("done"));
        node.On("fail", _ => throw new InvalidOperationException("nobody hears this"));
        using Traces traces = new();
        await node.Proxy.TellAsync("tell").Soon();
        (Activity client, Activity server) = await traces.TakeCallAsync();
        AssertEnded(client, null);
        AssertEnded(server, null);

        await node.Proxy.TellAsync("fail").Soon();
        (client, server) = await traces.TakeCallAsync();
        AssertEnded(client, null);
        Assert.Equal(
            (ActivityStatusCode.Error, "nobody hears this", "UNKNOWN", null),
            (server.Status, server.StatusDescription, server.GetTagItem("error.type"), server.GetTagItem("rpc.response.status_code")));
    }

    /// <summary>Fails unless a span says that its call failed.</summary>
    internal static void AssertFailed(Activity span, string code, string? description)
    {
        Assert.Equal(
            (ActivityStatusCode.Error, code, code),
            (span.Status, span.GetTagItem("rpc.response.status_code"), span.GetTagItem("error.type")));
        if (description is not null) Assert.Equal(description, span.StatusDescription);
        else Assert.NotEqual("", span.StatusDescription);
    }

    /// <summary>Fails unless a span says that its call ended so, and that this is no failure.</summary>
    internal static void AssertEnded(Activity span, string? code)
    {
        Assert.Equal(
            (ActivityStatusCode.Unset, code, null),
            (span.Status, span.GetTagItem("rpc.response.status_code"), span.GetTagItem("error.type")));
    }

    private static RpcContract<TService> ContractOf<TService>()
        where TService : class, IRpcContract<TService> => TService.Contract;

    /// <summary>Writes the same bytes for all arguments.</summary>
    internal sealed class Raw(byte[] bytes) : ISerializer<int>
    {
        /// <summary>The arguments of an addition.</summary>
        public static Raw OneAndTwo { get; } = new([0x92, 1, 2]);

        /// <summary>What no arguments look like.</summary>
        public static Raw Nonsense { get; } = new([0xC1]);

        public void Serialize(IBufferWriter<byte> writer, in int value) => writer.Write(bytes);

        public int Deserialize(in ReadOnlySequence<byte> data) => data.FirstSpan[0];
    }
}
