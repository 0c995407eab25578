using System.Collections.Concurrent;
using System.Net;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.Dns.Tests.Support;
using SourceGen.Rpc.Registries.DnsMessages;
using static SourceGen.Rpc.Registries.Dns.Tests.Support.FakeDnsServer;

namespace SourceGen.Rpc.Registries.Dns.Tests.Encryption;

/// <summary>Questions by TLS, at servers that behave as tests say.</summary>
public sealed class TlsExchangeTests(TlsExchangeTests.Certificates certificates) : IClassFixture<TlsExchangeTests.Certificates>
{
    private const string Name = "_rpc._tcp.greeter.shop.example";
    private const string Node = "a.example:5000 tcp://10.0.0.1:5000 100";

    private static readonly DnsRecord[] s_records = [Srv(Name, "a.example", 5000), Address("a.example", "10.0.0.1")];

    [Fact]
    public async Task Questions_share_one_connection()
    {
        await using TlsListener server = new(certificates.Right, TlsListener.Answering(static query => Answer(query, s_records)));
        await using DnsRegistry registry = Create($"{server.EndPoint}");

        for (int i = 0; i < 5; i++) Assert.Equal([Node], await registry.NodesAsync("greeter"));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => registry.NodesAsync("greeter")));

        Assert.Equal(1, server.Accepted);
    }

    [Fact]
    public async Task Answers_may_come_in_any_order_and_too_late()
    {
        // One that nobody asked for, all answers from the last to the first, and the first one again.
        await using TlsListener server = new(certificates.Right, static async (stream, cancellationToken) =>
        {
            List<DnsMessage> queries = [];
            while (queries.Count < 8) queries.Add((await TlsListener.ReadAsync(stream, cancellationToken))!);
            queries.Reverse();
            byte[] unasked = Answer(queries[0], []);
            while (queries.Exists(query => query.Id == (ushort)((unasked[0] << 8) | unasked[1]))) unasked[1]++;
            await stream.WriteAsync(WithLength(unasked), cancellationToken);
            await stream.WriteAsync(WithLength([1]), cancellationToken);
            foreach (DnsMessage query in queries) await stream.WriteAsync(AnswerOf(query), cancellationToken);
            await stream.WriteAsync(AnswerOf(queries[^1]), cancellationToken);
            await TlsListener.Answering(static query => Answer(query, RecordsOf(query)))(stream, cancellationToken);
        });
        await using DnsRegistry registry = Create($"{server.EndPoint}", static options =>
        {
            options.ReadsText = false;
            options.AttemptTimeout = options.Timeout = TimeSpan.FromMinutes(1);
        });

        string[][] nodes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => registry.NodesAsync($"greeter-{i}")));

        Assert.Equal(
            Enumerable.Range(0, 8).Select(static i => $"greeter-{i}.example:5000 tcp://10.0.0.1:5000 100"), nodes.Select(Assert.Single));
        Assert.Equal(["greeter-9.example:5000 tcp://10.0.0.1:5000 100"], await registry.NodesAsync("greeter-9"));
        Assert.Equal(1, server.Accepted);

        static byte[] AnswerOf(DnsMessage query) => WithLength(Answer(query, RecordsOf(query)));

        static DnsRecord[] RecordsOf(DnsMessage query)
        {
            string service = query.Questions[0].Name.Labels.ElementAt(2);
            return [Srv(query.Questions[0].Name.ToString(), $"{service}.example", 5000), Address($"{service}.example", "10.0.0.1")];
        }
    }

    [Fact]
    public async Task A_connection_closes_when_it_is_idle_and_when_the_registry_is_disposed_of()
    {
        ConcurrentQueue<TaskCompletionSource> ends = new();
        await using TlsListener server = new(certificates.Right, async (stream, cancellationToken) =>
        {
            TaskCompletionSource end = new(TaskCreationOptions.RunContinuationsAsynchronously);
            ends.Enqueue(end);
            await TlsListener.Answering(static query => Answer(query, s_records))(stream, cancellationToken);
            end.SetResult();
        });
        ManualTime time = new();
        DnsRegistry registry = Create($"{server.EndPoint}", options =>
        {
            options.TimeProvider = time;
            options.ReadsText = false;
        });
        await registry.NodesAsync("greeter");
        Assert.Equal(TimeSpan.FromSeconds(10), await time.NextWaitAsync());

        // Not before its time, which begins with the last question again.
        time.Advance(TimeSpan.FromSeconds(9));
        await registry.NodesAsync("greeter");
        Assert.Equal(TimeSpan.FromSeconds(10), await time.NextWaitAsync());
        time.Advance(TimeSpan.FromSeconds(9));
        await registry.NodesAsync("greeter");
        Assert.Equal(1, server.Accepted);
        time.Advance(TimeSpan.FromSeconds(10));
        await ends.First().Task.WaitAsync(TimeSpan.FromSeconds(30));

        await registry.NodesAsync("greeter");
        Assert.Equal(2, server.Accepted);
        await registry.DisposeAsync();
        await ends.Last().Task.WaitAsync(TimeSpan.FromSeconds(30));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await registry.GetServiceAsync("greeter"));
    }

    [Fact]
    public async Task A_connection_that_the_server_closed_is_replaced()
    {
        await using TlsListener server = new(certificates.Right, TlsListener.Answering(static query => Answer(query, s_records)));
        await using DnsRegistry registry = Create($"{server.EndPoint}", static options => options.Attempts = 1);

        for (int i = 1; i <= 5; i++)
        {
            Assert.Equal([Node], await registry.NodesAsync("greeter"));
            Assert.Equal(i, server.Accepted);
            await server.CloseConnectionsAsync();
        }
    }

    [Fact]
    public async Task A_connection_that_the_server_closes_instead_of_answering_is_replaced()
    {
        // One answer for each connection: the next question is read, and not answered.
        await using TlsListener server = new(certificates.Right, static async (stream, cancellationToken) =>
        {
            DnsMessage? query = await TlsListener.ReadAsync(stream, cancellationToken);
            if (query is not null) await stream.WriteAsync(WithLength(Answer(query, s_records)), cancellationToken);
            await TlsListener.ReadAsync(stream, cancellationToken);
        });
        await using DnsRegistry registry = Create($"{server.EndPoint}", static options => options.Attempts = 1);

        for (int i = 0; i < 5; i++) Assert.Equal([Node], await registry.NodesAsync("greeter"));
    }

    [Fact]
    public async Task A_server_that_always_closes_leads_to_the_next_one_or_to_an_error()
    {
        await using TlsListener closing = new(certificates.Right, TlsListener.ReadAsync);
        await using TlsListener good = new(certificates.Right, TlsListener.Answering(static query => Answer(query, s_records)));
        await using DnsRegistry alone = Create($"{closing.EndPoint}");
        await using DnsRegistry both = Create($"{closing.EndPoint},{good.EndPoint}");

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await alone.GetServiceAsync("greeter"));
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Contains("it closed the TLS connection before its answer was complete", error.Message);
        Assert.Equal([Node], await both.NodesAsync("greeter"));
    }

    [Fact]
    public async Task A_connection_that_has_gone_silent_is_replaced()
    {
        int connections = 0;
        await using TlsListener server = new(certificates.Right, async (stream, cancellationToken) =>
        {
            if (Interlocked.Increment(ref connections) == 1)
            {
                while (await TlsListener.ReadAsync(stream, cancellationToken) is not null)
                {
                    // As if what lies between had forgotten the connection.
                }
            }

            await TlsListener.Answering(static query => Answer(query, s_records))(stream, cancellationToken);
        });
        await using DnsRegistry registry = Create($"{server.EndPoint}", static options =>
        {
            options.AttemptTimeout = TimeSpan.FromSeconds(1);
            options.Timeout = TimeSpan.FromMinutes(1);
        });

        Assert.Equal([Node], await registry.NodesAsync("greeter"));
        Assert.Equal(2, server.Accepted);
    }

    [Theory]
    [InlineData("another question")]
    [InlineData("truncated")]
    [InlineData("garbage")]
    public async Task What_is_no_answer_leads_to_the_next_server(string kind)
    {
        await using TlsListener bad = new(certificates.Right, TlsListener.Answering(query =>
        {
            byte[] wrong = Answer(query, s_records);
            if (kind == "truncated") wrong[2] |= 0x02;
            if (kind == "another question") wrong[13] ^= 1;
            return kind == "garbage" ? wrong[..^1] : wrong;
        }));
        await using TlsListener good = new(certificates.Right, TlsListener.Answering(static query => Answer(query, s_records)));
        await using DnsRegistry registry = Create($"{bad.EndPoint},{good.EndPoint}");

        Assert.Equal([Node], await registry.NodesAsync("greeter"));
    }

    [Fact]
    public async Task A_server_that_hangs_in_the_handshake_leads_to_the_next_one()
    {
        await using TlsListener hanging = new(
            certificates: null, static (_, cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken));
        await using TlsListener good = new(certificates.Right, TlsListener.Answering(static query => Answer(query, s_records)));
        await using DnsRegistry alone = Create(
            $"{hanging.EndPoint}", static options => options.AttemptTimeout = TimeSpan.FromMilliseconds(100));
        await using DnsRegistry both = Create($"{hanging.EndPoint},{good.EndPoint}", static options =>
        {
            options.AttemptTimeout = TimeSpan.FromSeconds(1);
            options.Timeout = TimeSpan.FromMinutes(1);
        });

        // At once, so that some wait for the handshake that another one began.
        RpcException[] errors = await Task.WhenAll(Enumerable.Range(0, 4).Select(
            _ => Assert.ThrowsAsync<RpcException>(async () => await alone.GetServiceAsync("greeter"))));
        Assert.All(errors, static error => Assert.Contains("no answer within 0.1 s", error.Message));
        Assert.Equal([Node], await both.NodesAsync("greeter"));
    }

    [Theory]
    [InlineData("authority", "the TLS handshake failed")]
    [InlineData("name", "the TLS handshake failed")]
    [InlineData("no TLS", "the TLS handshake failed")]
    public async Task A_server_that_is_another_one_is_not_asked(string what, string expected)
    {
        int asked = 0;
        TestCertificates? shown = what switch
        {
            "authority" => certificates.Wrong,
            "name" => certificates.Right,
            _ => null,
        };
        await using TlsListener wrong = new(shown, what == "no TLS"
            ? static async (stream, cancellationToken) =>
                await stream.WriteAsync("HTTP/1.0 400 Bad Request\r\n\r\n"u8.ToArray(), cancellationToken)
            : TlsListener.Answering(query =>
            {
                Interlocked.Increment(ref asked);
                return Answer(query, s_records);
            }));
        await using TlsListener good = new(certificates.Right, TlsListener.Answering(static query => Answer(query, s_records)));
        await using DnsRegistry alone = Create($"{wrong.EndPoint}", what == "name"
            ? static options => options.TlsServerName = "dns.example"
            : null);

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await alone.GetServiceAsync("greeter"));
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Contains($"{wrong.EndPoint}: {expected}", error.Message);
        Assert.Equal(0, asked);
        if (what == "name") return;
        await using DnsRegistry both = Create($"{wrong.EndPoint},{good.EndPoint}");
        Assert.Equal([Node], await both.NodesAsync("greeter"));
        Assert.Equal(0, asked);
    }

    [Fact]
    public async Task The_name_of_a_certificate_may_be_another_than_the_address()
    {
        await using TlsListener server = new(certificates.Right, TlsListener.Answering(static query => Answer(query, s_records)));
        await using DnsRegistry registry = Create($"{server.EndPoint}", static options => options.TlsServerName = "localhost");

        Assert.Equal([Node], await registry.NodesAsync("greeter"));
    }

    [Fact]
    public async Task A_certificate_is_shown_to_a_server_that_asks_for_one()
    {
        await using TlsListener server = new(certificates.Right, TlsListener.Answering(static query => Answer(query, s_records)))
        {
            WantsCertificate = true,
        };
        await using DnsRegistry with = Create($"{server.EndPoint}", options =>
        {
            options.CertificatePath = certificates.Right.ClientCertificate;
            options.CertificateKeyPath = certificates.Right.ClientKey;
        });
        await using DnsRegistry without = Create($"{server.EndPoint}");

        Assert.Equal([Node], await with.NodesAsync("greeter"));
        Assert.Equal("CN=client", server.ClientCertificate);
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await without.GetServiceAsync("greeter"));
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
    }

    [Fact]
    public async Task Nothing_is_asked_in_clear_text()
    {
        await using FakeDnsServer plain = new FakeDnsServer().Answers(s_records);
        plain.OnTcp = static query => WithLength(Answer(query, s_records));
        await using DnsRegistry registry = Create(
            $"{plain.EndPoint}", static options => options.AttemptTimeout = TimeSpan.FromMilliseconds(200));

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await registry.GetServiceAsync("greeter"));

        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Empty(plain.Asked);
    }

    [Fact]
    public async Task What_is_given_up_leaves_the_connection_to_others()
    {
        using CancellationTokenSource gone = new();
        TaskCompletionSource givenUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TlsListener server = new(certificates.Right, async (stream, cancellationToken) =>
        {
            DnsMessage first = (await TlsListener.ReadAsync(stream, cancellationToken))!;
            DnsMessage second = (await TlsListener.ReadAsync(stream, cancellationToken))!;
            await gone.CancelAsync();
            await givenUp.Task.WaitAsync(cancellationToken);
            await stream.WriteAsync(WithLength(Answer(first, RecordsOf(first))), cancellationToken);
            await stream.WriteAsync(WithLength(Answer(second, RecordsOf(second))), cancellationToken);
            await TlsListener.Answering(static query => Answer(query, []))(stream, cancellationToken);
        });
        await using DnsRegistry registry = Create($"{server.EndPoint}", static options =>
        {
            options.ReadsText = false;
            options.AttemptTimeout = options.Timeout = TimeSpan.FromMinutes(1);
        });

        Task<string[]> patient = registry.NodesAsync("patient");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await registry.GetServiceAsync("hasty", gone.Token));
        givenUp.SetResult();

        Assert.Equal(["patient.example:5000 tcp://10.0.0.1:5000 100"], await patient);

        static DnsRecord[] RecordsOf(DnsMessage query)
        {
            string service = query.Questions[0].Name.Labels.ElementAt(2);
            return [Srv(query.Questions[0].Name.ToString(), $"{service}.example", 5000), Address($"{service}.example", "10.0.0.1")];
        }
    }

    private DnsRegistry Create(string servers, Action<DnsRegistryOptions>? configure = null) => TestRegistry.Create(servers, options =>
    {
        options.CertificateAuthorityPath = certificates.Right.Authority;
        options.AttemptTimeout = TimeSpan.FromSeconds(20);
        options.Timeout = TimeSpan.FromSeconds(60);
        configure?.Invoke(options);
    });

    /// <summary>Those of the authority that clients trust, and those of another one.</summary>
    public sealed class Certificates : IDisposable
    {
        public TestCertificates Right { get; } = new();

        public TestCertificates Wrong { get; } = new();

        public void Dispose()
        {
            Right.Dispose();
            Wrong.Dispose();
        }
    }
}
