using System.Buffers.Binary;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.Dns.Tests.Support;
using SourceGen.Rpc.Registries.DnsMessages;
using static SourceGen.Rpc.Registries.Dns.Tests.Support.FakeDnsServer;

namespace SourceGen.Rpc.Registries.Dns.Tests.Signing;

/// <summary>Questions that are signed, at servers that answer as tests say.</summary>
public sealed class SignedExchangeTests : IAsyncLifetime
{
    private const string Name = "_rpc._tcp.greeter.shop.example";
    private const string RightNode = "right.example:5000 tcp://10.0.0.1:5000 100";

    private static readonly DnsRecord[] s_right = [Srv(Name, "right.example", 5000), Address("right.example", "10.0.0.1")];
    private static readonly DnsRecord[] s_wrong = [Srv(Name, "wrong.example", 6666), Address("wrong.example", "10.6.6.6")];

    private readonly FakeDnsServer _server = new();
    private readonly TestSigner _signer = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task What_is_not_signed_rightly_is_passed_over_until_what_is()
    {
        TestSigner other = new();
        _server.OnUdp = (query, _) =>
        {
            byte[] wrong = Answer(query, s_wrong);
            byte[] changed = _signer.Sign(query, wrong);
            changed[^1] ^= 1;
            byte[] truncated = Answer(query, s_wrong);
            truncated[2] |= 0x02;
            return
            [
                wrong,
                truncated,
                changed,
                other.Sign(query, wrong),
                TestSigner.Refuse(query, Answer(query, [], 9), 17),
                TestSigner.Refuse(query, wrong, 0),
                Answer(query, [], 1),
                Answer(query, [], 3),
                _signer.Sign(query, Answer(query, s_right)),
            ];
        };
        await using DnsRegistry registry = Create();

        Assert.Equal([RightNode], await registry.NodesAsync("greeter"));
        Assert.Equal(0, _server.AskedByTcp);
        Assert.All(_server.Asked, static asked => Assert.Equal(DnsRecordType.Tsig, asked.Message.Additionals[^1].Type));
    }

    [Theory]
    [InlineData(32, 0, null)]
    [InlineData(16, 0, null)]
    [InlineData(15, 0, "its signature has 15 bytes, and must have from 16 to 32")]
    [InlineData(33, 0, "its signature has 33 bytes, and must have from 16 to 32")]
    [InlineData(32, 400, "it was signed 400 s from now, and at most 300 s are possible")]
    public async Task A_signature_is_as_long_and_as_new_as_the_standard_wants(int length, int delay, string? expected)
    {
        TestSigner signer = new() { MacLength = length, Delay = delay };
        _server.OnUdp = (query, _) => Flood(signer.Sign(query, Answer(query, s_right)));
        await using DnsRegistry registry = Create(options =>
        {
            options.KeySecret = signer.Secret;
            options.TimeProvider = FixedTime.At(1_800_000_000);
        });
        if (expected is null)
        {
            Assert.Equal([RightNode], await registry.NodesAsync("greeter"));
            return;
        }

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await registry.GetServiceAsync("greeter"));
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Contains($"{_server.EndPoint}: 100 datagrams came that are no answer, one of them because {expected}", error.Message);
    }

    [Fact]
    public async Task A_server_that_does_not_sign_counts_as_silent()
    {
        _server.Answers(s_wrong);
        await using FakeDnsServer good = new();
        good.OnUdp = (query, _) => [_signer.Sign(query, Answer(query, s_right))];
        await using DnsRegistry alone = Create(static options =>
        {
            options.Attempts = 1;
            options.AttemptTimeout = TimeSpan.FromSeconds(3);
        });
        await using DnsRegistry both = Create(
            static options => options.AttemptTimeout = TimeSpan.FromSeconds(1), $"{_server.EndPoint},{good.EndPoint}");

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await alone.GetServiceAsync("greeter"));
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Contains($"{_server.EndPoint}: no answer in time that can be believed: it is not signed", error.Message);
        Assert.Equal([RightNode], await both.NodesAsync("greeter"));
    }

    [Theory]
    [InlineData(16, "BADSIG: its secret of the key key.example is another one")]
    [InlineData(17, "BADKEY: it does not know the key key.example with hmac-sha256, or not for this question")]
    [InlineData(22, "BADTRUNC")]
    [InlineData(99, "TSIG error 99")]
    public async Task A_server_that_does_not_know_the_key_leads_to_the_next_one_or_to_an_error(int code, string expected)
    {
        _server.OnUdp = (query, _) => Flood(TestSigner.Refuse(query, Answer(query, [], 9), (ushort)code));
        await using FakeDnsServer good = new();
        good.OnUdp = (query, _) => [_signer.Sign(query, Answer(query, s_right))];
        await using DnsRegistry alone = Create();
        await using DnsRegistry both = Create(servers: $"{_server.EndPoint},{good.EndPoint}");

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await alone.GetServiceAsync("greeter"));
        Assert.Equal(RpcStatusCode.Unauthenticated, error.Code);
        Assert.Equal(RpcCallProgress.NotSent, error.Progress);
        Assert.Contains($"{_server.EndPoint}: {expected}", error.Message);
        Assert.Equal([RightNode], await both.NodesAsync("greeter"));
    }

    [Theory]
    [InlineData(0, RpcStatusCode.PermissionDenied, "NOTAUTH: the key has no right to ask this")]
    [InlineData(17, RpcStatusCode.Unauthenticated, "BADKEY")]
    public async Task What_a_server_signs_is_final(int code, RpcStatusCode expected, string message)
    {
        TestSigner signer = new() { Error = (ushort)code };
        _server.OnUdp = (query, _) => [signer.Sign(query, Answer(query, [], 9))];
        await using DnsRegistry registry = Create(options =>
        {
            options.KeySecret = signer.Secret;
            options.AttemptTimeout = options.Timeout = TimeSpan.FromMinutes(1);
        });

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await registry.GetServiceAsync("greeter"));

        Assert.Equal(expected, error.Code);
        Assert.Contains(message, error.Message);
    }

    [Theory]
    [InlineData(1_000, "BADTIME: its clock is 1000 s ahead of this one; set both")]
    [InlineData(-1_000, "BADTIME: its clock is 1000 s behind this one; set both")]
    [InlineData(null, "BADTIME: its clock is another one")]
    public async Task A_server_with_another_clock_is_told_with_the_difference(int? ahead, string expected)
    {
        byte[] other = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(other, 1_800_000_000 + (ahead ?? 0));
        TestSigner signer = new() { Error = 18, Other = ahead is null ? [] : other[2..] };
        _server.OnUdp = (query, _) => [signer.Sign(query, Answer(query, [], 9))];
        await using DnsRegistry registry = Create(options =>
        {
            options.KeySecret = signer.Secret;
            options.TimeProvider = FixedTime.At(1_800_000_000);
            options.AttemptTimeout = options.Timeout = TimeSpan.FromMinutes(1);
        });

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await registry.GetServiceAsync("greeter"));

        Assert.Equal(RpcStatusCode.Unauthenticated, error.Code);
        Assert.Contains(expected, error.Message);
    }

    [Theory]
    [InlineData("signed", null)]
    [InlineData("unsigned", "what came by TCP is no answer: it is not signed")]
    [InlineData("refused", "BADKEY")]
    public async Task By_tcp_all_is_signed_too(string kind, string? expected)
    {
        _server.OnUdp = (query, _) =>
        {
            byte[] truncated = Answer(query, []);
            truncated[2] |= 0x02;
            return [_signer.Sign(query, truncated)];
        };
        _server.OnTcp = query => WithLength(kind switch
        {
            "signed" => _signer.Sign(query, Answer(query, s_right)),
            "refused" => TestSigner.Refuse(query, Answer(query, [], 9), 17),
            _ => Answer(query, s_wrong),
        });
        await using DnsRegistry registry = Create(static options =>
        {
            options.ReadsText = false;
            options.AttemptTimeout = options.Timeout = TimeSpan.FromMinutes(1);
        });
        if (expected is null)
        {
            Assert.Equal([RightNode], await registry.NodesAsync("greeter"));
            return;
        }

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await registry.GetServiceAsync("greeter"));
        Assert.Equal(kind == "refused" ? RpcStatusCode.Unauthenticated : RpcStatusCode.Unavailable, error.Code);
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public async Task A_server_from_before_EDNS_is_asked_without_when_it_signs_that()
    {
        _server.OnUdp = (query, _) => [_signer.Sign(query, query.Additionals.Count == 2 ? Answer(query, [], 1) : Answer(query, s_right))];
        await using DnsRegistry registry = Create();

        Assert.Equal([RightNode], await registry.NodesAsync("greeter"));
    }

    [Fact]
    public async Task Who_gives_up_is_told_so_and_when_the_time_is_over_what_is_known_is_said()
    {
        using CancellationTokenSource gone = new();
        bool givesUp = true;
        _server.OnUdp = (query, _) =>
        {
            if (givesUp) gone.CancelAfter(TimeSpan.FromMilliseconds(100));
            return [TestSigner.Refuse(query, Answer(query, [], 9), 17)];
        };
        await using DnsRegistry patient = Create(static options => options.AttemptTimeout = options.Timeout = TimeSpan.FromMinutes(1));
        await using DnsRegistry hasty = Create(static options =>
        {
            options.AttemptTimeout = TimeSpan.FromMinutes(1);
            options.Timeout = TimeSpan.FromSeconds(3);
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await patient.GetServiceAsync("greeter", gone.Token));
        givesUp = false;
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await hasty.GetServiceAsync("greeter"));
        Assert.Equal(RpcStatusCode.Unauthenticated, error.Code);
    }

    [Fact]
    public async Task The_secret_is_shown_nowhere()
    {
        _server.OnUdp = (query, _) => [Answer(query, s_wrong), .. Flood(TestSigner.Refuse(query, Answer(query, [], 9), 16))];
        using LogRecorder log = new();
        DnsRegistryOptions options = DnsRegistryOptions.FromAddress(RpcAddress.Parse(
            $"dns://{_server.EndPoint}/example?namespace=shop&attempt=60&timeout=60&tsig={TestSigner.KeyName}&secret={_signer.Secret}"));
        await using DnsRegistry registry = new(options, log);

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await registry.GetServiceAsync("greeter"));

        string all = $"{error} {registry.Address} {options} {string.Join('\n', log.Lines)}";
        Assert.Contains("BADSIG", all);
        Assert.Contains("Ignored a datagram", all);
        Assert.DoesNotContain(_signer.Secret, all);
    }

    /// <summary>
    /// As many as end an attempt, so that a test need not wait for the end of its time; and some, since datagrams get lost.
    /// </summary>
    private static IEnumerable<byte[]> Flood(byte[] answer) => Enumerable.Repeat(answer, 130);

    private DnsRegistry Create(Action<DnsRegistryOptions>? configure = null, string? servers = null) =>
        TestRegistry.Create(servers ?? $"{_server.EndPoint}", options =>
        {
            options.KeyName = TestSigner.KeyName;
            options.KeySecret = _signer.Secret;
            options.AttemptTimeout = options.Timeout = TimeSpan.FromMinutes(1);
            configure?.Invoke(options);
        });
}
