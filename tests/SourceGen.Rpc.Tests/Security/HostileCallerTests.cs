using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;
using static SourceGen.Rpc.Tests.Support.RawFrames;

namespace SourceGen.Rpc.Tests.Security;

/// <summary>Peers that want to know, to hold or to cost more than they may, while nobody knows who they are.</summary>
public sealed class HostileCallerTests
{
    private static readonly ushort s_who = Number<IVault>("Who");
    private static readonly ushort s_open = Number<IVault>("Open");
    private static readonly ushort s_up = Number<IVault>("Up");

    [Fact]
    public async Task A_stranger_cannot_tell_methods_that_exist_from_those_that_do_not()
    {
        await using VaultHost host = await VaultHost.StartAsync();
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        HashSet<string> answers = [];
        ushort[] numbers = [s_who, s_open, s_up, 200, ushort.MaxValue];
        for (int i = 0; i < numbers.Length; i++)
        {
            await peer.SendAsync(Frame(FrameType.Request, method: numbers[i], callId: Id(0, (uint)i + 1), payload: [0x90]));
            answers.Add(await ReadRefusalAsync(peer));
            await peer.SendAsync(Frame(FrameType.Describe, method: numbers[i], callId: Id(1, (uint)i + 1)));
            if (numbers[i] >= 200) answers.Add(await ReadRefusalAsync(peer));
            else Assert.Equal(FrameType.Response, (await peer.ReadFrameAsync()).Header.Type); // The service has methods that are open.
        }

        Assert.DoesNotContain("Tests.Vault", Assert.Single(answers), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stranger_does_not_get_the_description_of_a_service_without_open_methods()
    {
        await using VaultHost host = await VaultHost.StartAsync(configure: static options => options.Access.Require<IVault>());
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        await peer.SendAsync(Frame(FrameType.Describe, method: s_who, callId: Id(0)));
        await ReadRefusalAsync(peer);
        using RawPeer known = await RawPeer.IntroduceAsync(host.Address, ClientHello() with { Credential = "Bearer ann" });
        await known.SendAsync(Frame(FrameType.Describe, method: s_who, callId: Id(0)));
        Assert.Equal(FrameType.Response, (await known.ReadFrameAsync()).Header.Type);

        await using VaultHost open = await VaultHost.StartAsync(configure: static options =>
        {
            options.Access.Require<IVault>();
            options.Access.AnonymousBuiltIns = RpcBuiltInServices.Describe;
        });
        using RawPeer welcome = await RawPeer.IntroduceAsync(open.Address);
        await welcome.SendAsync(Frame(FrameType.Describe, method: s_who, callId: Id(0)));
        Assert.Equal(FrameType.Response, (await welcome.ReadFrameAsync()).Header.Type);
    }

    [Theory]
    [InlineData("Bearer ann", true)]
    [InlineData("Bearer wrong", false)]
    [InlineData("Odd thing", false)]
    public async Task A_description_is_for_those_who_prove_themselves_with_the_question(string credential, bool isGiven)
    {
        await using VaultHost host = await VaultHost.StartAsync(configure: static options => options.Access.Require<IVault>());
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        for (uint i = 1; i <= 2; i++)
        {
            byte[] headers = Message(null, Headers((0, "authorization", credential)), []);
            await peer.SendAsync(Frame(FrameType.Describe, FrameFlags.Headers, s_who, Id(0, i), headers));
            if (isGiven) Assert.Equal(FrameType.Response, (await peer.ReadFrameAsync()).Header.Type);
            else await ReadRefusalAsync(peer);
        }

        await host.AssertIdleAsync();
    }

    [Fact]
    public async Task A_question_for_a_description_with_a_broken_head_breaks_the_protocol()
    {
        await using VaultHost host = await VaultHost.StartAsync(configure: static options => options.Access.Require<IVault>());
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        await peer.SendAsync(Frame(FrameType.Describe, FrameFlags.Headers, s_who, Id(0), [9, 0, 0, 0]));
        await host.Log.WaitForAsync("broke the wire protocol");
    }

    [Fact]
    public async Task Headers_that_cannot_be_read_do_not_tell_a_stranger_a_method_s_name()
    {
        await using VaultHost host = await VaultHost.StartAsync();
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        byte[] flood = Headers((0, "x", new string('y', 20_000)));
        byte[] broken = [0xC1];
        foreach (byte[] headers in (byte[][])[flood, broken])
        {
            await peer.SendAsync(Frame(FrameType.Request, FrameFlags.Headers, s_who, Id(0), Message(null, headers, [0x90])));
            ErrorMessage error = ReadError((await peer.ReadFrameAsync()).Payload);
            Assert.DoesNotContain("Who", error.Detail, StringComparison.Ordinal);
            Assert.Contains("headers of the call", error.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_credential_that_is_too_long_is_not_judged()
    {
        await using VaultHost host = await VaultHost.StartAsync(configure: static options => options.Limits.MaxHeaderSize = 64 * 1024);
        string endless = $"Bearer {new string('x', 20_000)}";
        using RawPeer refused = await RawPeer.ConnectAsync(host.Address);
        await refused.SendAsync(Opening(ClientHello() with { Credential = endless }));
        ErrorMessage error = (await refused.ReadHelloAsync()).Error!;
        Assert.Equal((RpcStatusCode.Unauthenticated, true), (error.Code, error.Refused));
        Assert.Contains("longer than the 16,384 characters that are read", error.Detail, StringComparison.Ordinal);

        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        await peer.SendAsync(CallWith(endless, s_who, Id(0)));
        Assert.Contains("longer than the 16,384", await ReadRefusalAsync(peer), StringComparison.Ordinal);
        Assert.Equal(0, host.Judged);
        Assert.DoesNotContain("xxxx", host.Log.All(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_credentials_in_one_call_are_none()
    {
        await using VaultHost host = await VaultHost.StartAsync();
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        byte[] headers = Headers((0, "authorization", "Bearer ann"), (0, "Authorization", "Bearer bob"));
        await peer.SendAsync(Frame(FrameType.Request, FrameFlags.Headers, s_who, Id(0), Message(null, headers, [0x90])));
        Assert.Contains("several authorization headers", await ReadRefusalAsync(peer), StringComparison.Ordinal);
        Assert.Equal(0, host.Judged);
    }

    [Fact]
    public async Task A_credential_among_the_baggage_is_none()
    {
        await using VaultHost host = await VaultHost.StartAsync();
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        byte[] headers = Headers((1, "authorization", "Bearer ann"));
        await peer.SendAsync(Frame(FrameType.Request, FrameFlags.Headers, s_who, Id(0), Message(null, headers, [0x90])));
        await ReadRefusalAsync(peer);
        Assert.Equal(0, host.Judged);
    }

    [Fact]
    public async Task What_waits_for_callers_to_be_judged_is_bounded()
    {
        await using VaultHost host = await VaultHost.StartAsync(configure: static options =>
        {
            options.Limits.MaxMessageSize = 4096;
            options.Limits.MaxReassemblySize = 4096;
        });
        using Gate gate = new();
        host.OnToken = async (_, _) => await gate.PassAsync();
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        byte[] large = new byte[3000]; // No arguments at all, which nobody looks at before the caller is known.
        await peer.SendAsync(CallWith("Bearer ann", s_who, Id(0), large));
        await gate.Reached;
        await peer.SendAsync(CallWith("Bearer ann", s_who, Id(1), large));
        ErrorMessage full = ReadError((await peer.ReadFrameAsync()).Payload);
        Assert.Equal((RpcStatusCode.ResourceExhausted, true), (full.Code, full.Refused));
        Assert.Contains("MaxReassemblySize", full.Detail, StringComparison.Ordinal);
        gate.Open();
        ErrorMessage unreadable = ReadError((await peer.ReadFrameAsync()).Payload);
        Assert.Equal((RpcStatusCode.InvalidArgument, true), (unreadable.Code, unreadable.Refused));
        await host.AssertIdleAsync();
    }

    [Fact]
    public async Task A_slot_is_taken_while_its_caller_is_judged()
    {
        await using VaultHost host = await VaultHost.StartAsync();
        using Gate gate = new();
        host.OnToken = async (_, _) => await gate.PassAsync();
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        await peer.SendAsync(CallWith("Bearer ann", s_who, Id(0)));
        await gate.Reached;
        await peer.SendAsync(CallWith("Bearer ann", s_who, Id(0, 2)));
        Assert.Contains("used call slot 0 again", await host.Log.WaitForAsync("broke the wire protocol"), StringComparison.Ordinal);
        gate.Open();
        await Until.TrueAsync(() => host.Connections.Count == 0, () => "the connection is still there");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_that_is_given_up_while_its_caller_is_judged_does_not_run(bool loses)
    {
        await using VaultHost host = await VaultHost.StartAsync();
        using Gate gate = new();
        host.OnToken = async (_, _) => await gate.PassAsync();
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        RpcConnection connection = await ConnectionAsync(host);
        await peer.SendAsync(CallWith("Bearer ann+keeper", s_open, Id(0), Arguments(1)));
        await gate.Reached;
        if (loses)
        {
            peer.Dispose();
            await connection.Closed.Soon();
        }
        else
        {
            await peer.SendAsync(Frame(FrameType.Cancel, callId: Id(0)));
            ErrorMessage error = ReadError((await peer.ReadFrameAsync()).Payload);
            Assert.Equal((RpcStatusCode.Cancelled, true), (error.Code, error.Refused));
        }

        await Until.TrueAsync(() => connection.Running.Count == 0 && connection.Access!.Held == 0, () => "the call is still there");
        gate.Open();
        Assert.Equal(0, host.Vault.Runs);
    }

    [Fact]
    public async Task A_call_whose_time_passes_while_its_caller_is_judged_does_not_run()
    {
        await using VaultHost host = await VaultHost.StartAsync();
        using Gate gate = new();
        host.OnToken = async (_, _) => await gate.PassAsync();
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        byte[] message = Message(1, Headers((0, "authorization", "Bearer ann")), [0x90]);
        await peer.SendAsync(Frame(FrameType.Request, FrameFlags.Headers | FrameFlags.Deadline, s_who, Id(0), message));
        ErrorMessage error = ReadError((await peer.ReadFrameAsync()).Payload);
        Assert.Equal((RpcStatusCode.DeadlineExceeded, true), (error.Code, error.Refused));
        Assert.DoesNotContain("Who", error.Detail, StringComparison.Ordinal);
        gate.Open();
        await host.AssertIdleAsync();
    }

    [Fact]
    public async Task A_call_can_be_cancelled_when_its_caller_was_judged_late()
    {
        await using VaultHost host = await VaultHost.StartAsync();
        IVault vault = await host.GetAsync("ann", perCall: true);
        using CancellationTokenSource source = new();
        Task call = vault.WaitAsync(source.Token).AsTask();
        await Until.TrueAsync(() => host.Vault.Runs == 1, () => "the handler does not run");
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Soon());
        await host.AssertIdleAsync();
    }

    [Fact]
    public async Task A_cancellation_that_meets_the_change_from_one_call_to_the_other_is_not_lost()
    {
        await using VaultHost host = await VaultHost.StartAsync();
        RpcClient client = await host.ConnectAsync("ann");
        using Gate gate = new();
        using CancellationTokenSource source = new();
        IVault judgedLate = client.Get<IVault>(new RpcCallOptions { Credential = RpcCredential.Bearer("bob") });
        Task call = judgedLate.WaitForAsync(Tripwire.New().WhenRead(gate.Pass), source.Token).AsTask();
        await gate.Reached; // The caller is known, and the arguments are being decoded: the real call is not there yet.
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Soon());
        Assert.Equal("ann", await client.Get<IVault>().WhoAsync().Soon()); // So the cancellation, sent before, has arrived.
        gate.Open();
        await host.AssertIdleAsync();
        Assert.Equal(1, host.Vault.Runs);
    }

    [Fact]
    public async Task Handlers_of_calls_that_were_judged_late_are_cancelled_with_their_connection()
    {
        await using VaultHost host = await VaultHost.StartAsync();
        RpcClient client = await host.ConnectAsync("ann", perCall: true);
        Task call = client.Get<IVault>().WaitAsync().AsTask();
        await Until.TrueAsync(() => host.Vault.Runs == 1, () => "the handler does not run");
        RpcConnection served = Assert.Single(host.Connections);
        await client.DisposeAsync().Soon();
        await Assert.ThrowsAsync<RpcException>(() => call.Soon());
        await Until.TrueAsync(() => served.Running.Count == 0, () => "the handler still runs");
    }

    [Fact]
    public async Task Items_of_a_stream_whose_caller_is_judged_wait_for_the_handler()
    {
        await using VaultHost host = await VaultHost.StartAsync("memory://");
        using Gate gate = new();
        host.OnToken = async (_, _) => await gate.PassAsync();
        IVault vault = await host.GetAsync("ann+keeper", perCall: true);
        Task<int> call = vault.UpAsync(Tripwire.New(), Items()).AsTask();
        await gate.Reached;
        Assert.Equal(0, host.Vault.Runs);
        gate.Open();
        Assert.Equal(1000, await call.Soon());
        await host.AssertIdleAsync();

        static async IAsyncEnumerable<Tripwire> Items()
        {
            for (int i = 0; i < 1000; i++)
            {
                if (i % 100 == 0) await Task.Yield();
                yield return Tripwire.New();
            }
        }
    }

    [Fact]
    public async Task Many_connections_with_bad_tokens_leave_nothing_behind()
    {
        await using VaultHost host = await VaultHost.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 300).Select(async _ =>
        {
            using RawPeer peer = await RawPeer.ConnectAsync(host.Address);
            await peer.SendAsync(Opening(ClientHello() with { Credential = "Bearer wrong" }));
            Assert.Equal(RpcStatusCode.Unauthenticated, (await peer.ReadHelloAsync()).Error!.Code);
            Assert.Empty(await peer.ReadToEndAsync());
        })).Soon();
        Assert.Equal(300, host.Server.Rejections.Credentials);
        Assert.Equal(1, host.Log.Count("Did not accept the credential"));
        await Until.TrueAsync(() => host.Server.Admission.Open == 0, () => $"{host.Server.Admission.Open} connections are counted");
        Assert.Equal("ann", await (await host.GetAsync("ann")).WhoAsync().Soon());
    }

    [Fact]
    public async Task Many_bad_tokens_on_one_connection_are_refused_one_by_one_and_not_remembered()
    {
        await using VaultHost host = await VaultHost.StartAsync();
        host.OnToken = static (token, _) => token.StartsWith("guess", StringComparison.Ordinal)
            ? throw new InvalidOperationException("no such token")
            : default;
        using RawPeer peer = await RawPeer.IntroduceAsync(host.Address);
        for (uint i = 1; i <= 300; i++) await peer.SendAsync(CallWith($"Bearer guess{i}", s_who, Id((int)i)));
        for (int i = 0; i < 300; i++) Assert.Equal(RpcStatusCode.Internal, ReadError((await peer.ReadFrameAsync()).Payload).Code);
        Assert.Equal(0, (await ConnectionAsync(host)).Access!.Remembered);
        await host.AssertIdleAsync();
    }

    [Fact]
    public async Task A_rate_limiter_is_asked_before_a_credential_is_judged()
    {
        using System.Threading.RateLimiting.PartitionedRateLimiter<RpcCallInfo> limiter =
            System.Threading.RateLimiting.PartitionedRateLimiter.Create<RpcCallInfo, int>(static _ =>
                System.Threading.RateLimiting.RateLimitPartition.GetConcurrencyLimiter(0, static _ => new() { PermitLimit = 1 }));
        await using VaultHost host = await VaultHost.StartAsync(configure: options => options.RateLimiter = limiter);
        using Gate gate = new();
        host.OnToken = async (_, _) => await gate.PassAsync();
        IVault vault = await host.GetAsync("ann", perCall: true);
        Task<string> first = vault.WhoAsync().AsTask();
        await gate.Reached;
        await Failing.WithAsync(RpcStatusCode.ResourceExhausted, vault.WhoAsync);
        gate.Open();
        Assert.Equal("ann", await first.Soon());
        await host.AssertIdleAsync(); // The permit is given back after the answer.
        Assert.Equal("ann", await vault.WhoAsync().Soon());
        Assert.Equal(1, host.Judged);
    }

    private static ushort Number<TService>(string method)
        where TService : class, CompilerServices.IRpcContract<TService>
    {
        CompilerServices.RpcContract contract = TService.Contract;
        return (ushort)contract.Methods.Single(candidate => candidate.Name == method).Index;
    }

    private static byte[] CallWith(string credential, ushort method, ulong id, byte[]? arguments = null) => Frame(
        FrameType.Request, FrameFlags.Headers, method, id, Message(null, Headers((0, "authorization", credential)), arguments ?? [0x90]));

    private static async Task<string> ReadRefusalAsync(RawPeer peer)
    {
        (FrameHeader header, byte[] payload) = await peer.ReadFrameAsync();
        Assert.Equal(FrameType.Error, header.Type);
        ErrorMessage error = ReadError(payload);
        Assert.Equal((RpcStatusCode.Unauthenticated, true), (error.Code, error.Refused));
        return error.Detail;
    }

    private static async Task<RpcConnection> ConnectionAsync(VaultHost host)
    {
        await Until.TrueAsync(() => host.Connections.Count == 1, () => $"{host.Connections.Count} connections");
        return host.Connections.Single();
    }
}
