using SourceGen.Rpc.Security;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Tests.Security;

/// <summary>Where a client gets its credential from, when it asks again, and where it does not send it.</summary>
public sealed class CredentialTests
{
    [Fact]
    public async Task A_function_is_asked_for_each_connection()
    {
        await using VaultHost host = await VaultHost.StartAsync();
        int asked = 0;
        RpcClient client = await host.ConnectAsync(configure: options => options.Credentials = RpcCredentials.Bearer(
            _ => new ValueTask<string>($"ann{Interlocked.Increment(ref asked)}")));
        Assert.Equal("ann1", await client.Get<IVault>().WhoAsync().Soon());
        RpcConnection first = LabHost.ConnectionOf(client);
        first.Close(new RpcException(RpcStatusCode.Unavailable, "cut by the test"));
        await first.Closed.Soon();
        Assert.Equal("ann2", await client.Get<IVault>().WhoAsync().Soon());
    }

    [Fact]
    public async Task One_that_says_when_it_expires_is_kept_until_then()
    {
        await using VaultHost host = await VaultHost.StartAsync();
        int asked = 0;
        RpcClient client = await host.ConnectAsync(configure: options => options.Credentials = RpcCredentials.From(
            _ => new ValueTask<RpcCredential>(RpcCredential.Bearer($"ann{Interlocked.Increment(ref asked)}", DateTimeOffset.UtcNow.AddHours(1)))));
        RpcConnection first = LabHost.ConnectionOf(client);
        first.Close(new RpcException(RpcStatusCode.Unavailable, "cut by the test"));
        await first.Closed.Soon();
        Assert.Equal("ann1", await client.Get<IVault>().WhoAsync().Soon());
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task Before_it_expires_another_connection_takes_over_and_no_call_fails()
    {
        await using VaultHost host = await VaultHost.StartAsync();
        int asked = 0;
        RpcClient client = await host.ConnectAsync(configure: options => options.Credentials = RpcCredentials.From(_ =>
        {
            int number = Interlocked.Increment(ref asked);
            return new ValueTask<RpcCredential>(RpcCredential.Bearer(
                $"ann{number}", DateTimeOffset.UtcNow + (number == 1 ? TimeSpan.FromSeconds(1) : TimeSpan.FromHours(1))));
        }));
        IVault vault = client.Get<IVault>();
        string name = "";
        for (long end = Environment.TickCount64 + (long)Waiting.Limit.TotalMilliseconds; name != "ann2" && Environment.TickCount64 < end;)
            name = await vault.WhoAsync().Soon();
        Assert.Equal("ann2", name);
        await Until.TrueAsync(() => host.Connections.Count == 1, () => $"{host.Connections.Count} connections are left");
    }

    [Fact]
    public async Task When_the_server_counts_it_as_expired_the_next_connection_brings_another()
    {
        await using VaultHost host = await VaultHost.StartAsync();
        host.Expires = DateTimeOffset.UtcNow.AddHours(1);
        int asked = 0;
        RpcClient client = await host.ConnectAsync(configure: options => options.Credentials = RpcCredentials.From(
            _ => new ValueTask<RpcCredential>(RpcCredential.Bearer($"ann{Interlocked.Increment(ref asked)}", DateTimeOffset.UtcNow.AddHours(1)))));
        IVault vault = client.Get<IVault>();
        Assert.Equal("ann1", await vault.WhoAsync().Soon());
        RpcConnection served = Assert.Single(host.Connections);
        served.Access!.Owner!.ExpiresAt = Environment.TickCount64;
        RpcException error = await Failing.WithAsync(RpcStatusCode.Unauthenticated, vault.WhoAsync);
        Assert.Contains("the caller's authentication has expired", error.Message, StringComparison.Ordinal);
        string? name = null;
        await Until.TrueAsync(
            () =>
            {
                try
                {
#pragma warning disable SGR0075 // A condition answers at once.
                    name = vault.WhoAsync().AsTask().GetAwaiter().GetResult();
#pragma warning restore SGR0075
                }
                catch (RpcException e) when (e is { Code: RpcStatusCode.Unauthenticated, Progress: RpcCallProgress.Refused })
                {
                    // The old connection was not retired yet.
                }

                return name is not null;
            },
            () => "the client never came back");
        Assert.Equal("ann2", name);
    }

    [Fact]
    public async Task A_token_that_never_changes_does_not_make_the_client_connect_again()
    {
        await using VaultHost host = await VaultHost.StartAsync();
        RpcClient client = await host.ConnectAsync("ann");
        Assert.Single(host.Connections).Access!.Owner!.ExpiresAt = 0;
        RpcConnection connection = LabHost.ConnectionOf(client);
        for (int i = 0; i < 3; i++) await Failing.WithAsync(RpcStatusCode.Unauthenticated, client.Get<IVault>().WhoAsync);
        Assert.Same(connection, LabHost.ConnectionOf(client));
        Assert.Equal("hello nobody", await client.Get<IVault>().HelloAsync().Soon());
    }

    [Fact]
    public async Task With_each_call_it_is_asked_for_once_and_again_when_it_was_refused()
    {
        await using VaultHost host = await VaultHost.StartAsync();
        string[] tokens = ["ann", "wrong", "cid"];
        int asked = 0;
        RpcClient client = await host.ConnectAsync(configure: options => options.Credentials = RpcCredentials.Bearer(
            async _ =>
            {
                await Task.Yield();
                return tokens[Interlocked.Increment(ref asked) - 1];
            }).PerCall());
        IVault vault = client.Get<IVault>();
        Assert.Equal(0, asked);
        for (int i = 0; i < 3; i++) Assert.Equal("ann", await vault.WhoAsync().Soon());
        Assert.Equal(1, asked);
        StoreOf(client).Forget(StoreOf(client).Current!);
        await Failing.WithAsync(RpcStatusCode.Unauthenticated, vault.WhoAsync);
        Assert.Equal("cid", await vault.WhoAsync().Soon());
        Assert.Equal(3, asked);
        Assert.Single(host.Connections);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_token_of_a_call_s_own_that_is_refused_leaves_the_client_s_alone(bool perCall)
    {
        await using VaultHost host = await VaultHost.StartAsync();
        int asked = 0;
        RpcCredentials credentials = RpcCredentials.From(_ => new ValueTask<RpcCredential>(
            RpcCredential.Bearer($"ann{Interlocked.Increment(ref asked)}", DateTimeOffset.UtcNow.AddHours(1))));
        RpcClient client = await host.ConnectAsync(
            configure: options => options.Credentials = perCall ? credentials.PerCall() : credentials);
        Assert.Equal("ann1", await client.Get<IVault>().WhoAsync().Soon());
        RpcConnection connection = LabHost.ConnectionOf(client);
        RpcCredential current = StoreOf(client).Current!;

        IVault own = client.Get<IVault>(new RpcCallOptions { Credential = RpcCredential.Bearer("wrong") });
        await Failing.WithAsync(RpcStatusCode.Unauthenticated, own.WhoAsync);
        await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (string item in own.DownAsync(Tripwire.New())) Assert.Fail(item);
        }).Soon();

        // What would renew it happens before the refused call ends.
        Assert.Same(current, StoreOf(client).Current);
        Assert.Equal("ann1", await client.Get<IVault>().WhoAsync().Soon());
        Assert.True(connection.IsUsable);
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task A_refusal_of_a_credential_that_was_replaced_meanwhile_does_not_touch_the_new_one()
    {
        int asked = 0;
        CredentialStore store = new(
            RpcCredentials.Bearer(_ => new ValueTask<string>($"ann{Interlocked.Increment(ref asked)}")).PerCall(), Waiting.Limit);
        RpcCredential first = await store.GetAsync(CancellationToken.None).Soon();
        store.Forget(first);
        RpcCredential second = await store.GetAsync(CancellationToken.None).Soon();
        store.Forget(first);
        Assert.Same(second, store.Current);
        store.Forget(second);
        Assert.Null(store.Current);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task The_function_runs_outside_the_call_that_happens_to_need_it_first()
    {
        await using VaultHost host = await VaultHost.StartAsync();
        AsyncLocal<string?> local = new();
        string? seen = "not asked";
        IVault vault = await host.GetAsync(configure: options => options.Credentials = RpcCredentials.Bearer(_ =>
        {
            seen = local.Value;
            return new ValueTask<string>("ann");
        }).PerCall());
        local.Value = "inside";
        Assert.Equal("ann", await vault.WhoAsync().Soon());
        Assert.Null(seen);
    }

    [Fact]
    public async Task With_each_call_it_goes_with_streams_and_one_way_calls_too()
    {
        await using VaultHost host = await VaultHost.StartAsync("memory://");
        IVault vault = await host.GetAsync(configure: static options => options.Credentials = RpcCredentials.Bearer(
            static async _ =>
            {
                await Task.Yield();
                return "ann+keeper";
            }).PerCall());
        await vault.NoteAsync(Tripwire.New()).Soon();
        await foreach (string item in vault.DownAsync(Tripwire.New())) Assert.Contains(item, (string[])["ann", "end"]);
        await Until.TrueAsync(() => host.Vault.Notes.Contains("ann"), () => "the note did not arrive");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_goes_with_the_question_how_the_contracts_differ(bool perCall)
    {
        RpcServerOptions options = new RpcServerOptions().Listen("memory://");
        options.Access.AddBearerTokens(static token => token == "ann" ? VaultHost.Principal(token) : null);
        await using RpcServer server = new RpcServer(options).AddService<EndToEnd.New.IDesk>(new EndToEnd.New.Desk());
        await server.StartAsync().Soon();
        RpcCredentials credentials = RpcCredentials.Bearer("ann");
        await using RpcClient known = await RpcClient.ConnectAsync(
            server.Addresses[0].ToString(), LabHost.Patient(own => own.Credentials = perCall ? credentials.PerCall() : credentials)).Soon();
        Assert.Equal("abcabcabc", await known.Get<EndToEnd.Old.IDesk>().GreetAsync("abc").Soon());
        await using RpcClient stranger = await RpcClient.ConnectAsync(server.Addresses[0].ToString(), LabHost.Patient()).Soon();
        await Failing.WithAsync(RpcStatusCode.Unauthenticated, () => stranger.Get<EndToEnd.Old.IDesk>().GreetAsync("abc"));
    }

    [Theory]
    [InlineData(false, "Credentials failed with TimeZoneNotFoundException.")]
    [InlineData(true, "Credentials failed with TimeZoneNotFoundException.")]
    public async Task What_the_function_throws_fails_the_call_with_its_cause_and_stays_out_of_texts(bool perCall, string why)
    {
        await using VaultHost host = await VaultHost.StartAsync();
        RpcCredentials credentials = RpcCredentials.Bearer(static _ => throw new TimeZoneNotFoundException("s3cr3t"));
        RpcException error = await Failing.WithAsync(
            RpcStatusCode.Unauthenticated,
            async () =>
            {
                RpcClient client = await host.ConnectAsync(
                    configure: options => options.Credentials = perCall ? credentials.PerCall() : credentials);
                await client.Get<IVault>().WhoAsync();
            },
            RpcCallProgress.NotSent);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.IsType<TimeZoneNotFoundException>(error.InnerException);
    }

    [Fact]
    public async Task A_function_that_never_ends_is_given_up()
    {
        await using VaultHost host = await VaultHost.StartAsync();
        using Gate never = new();
        RpcException error = await Failing.WithAsync(
            RpcStatusCode.Unauthenticated,
            () => host.ConnectAsync(configure: options =>
            {
                options.ConnectTimeout = TimeSpan.FromMilliseconds(50);
                options.Credentials = RpcCredentials.Bearer(async _ =>
                {
                    await never.PassAsync();
                    return "late";
                });
            }),
            RpcCallProgress.NotSent);
        Assert.Contains("did not come to an end within 0.05 s (ConnectTimeout)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_that_wait_for_a_connection_learn_that_the_credential_is_not_accepted()
    {
        await using VaultHost host = await VaultHost.StartAsync();
        await using RpcClient client = RpcClient.Create(
            host.Address, LabHost.Patient(static options => options.Credentials = RpcCredentials.Bearer("wrong")));
        RpcException error = await Failing.WithAsync(RpcStatusCode.Unauthenticated, client.Get<IVault>().WhoAsync, RpcCallProgress.NotSent);
        Assert.StartsWith("Tests.Vault/Who was not sent: The server at", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_credential_does_not_go_where_others_can_read_it()
    {
        await using VaultHost host = await VaultHost.StartAsync();
        PlainTransport plain = new();
        string address = $"plain://{RpcAddress.Parse(host.Address).Rest}";
        await using RpcClient refused = RpcClient.Create(address, Over(plain, RpcCredentials.Bearer("ann")));
        RpcException error = await Failing.WithAsync(
            RpcStatusCode.FailedPrecondition, refused.Get<IVault>().WhoAsync, RpcCallProgress.NotSent);
        Assert.Contains("its credential would go to plain://", error.Message, StringComparison.Ordinal);
        Assert.Contains("Use tls://, or set AllowInsecureCredentials", error.Message, StringComparison.Ordinal);

        await using RpcClient perCall = RpcClient.Create(address, Over(plain, RpcCredentials.Bearer("ann").PerCall()));
        await Failing.WithAsync(RpcStatusCode.FailedPrecondition, perCall.Get<IVault>().WhoAsync, RpcCallProgress.NotSent);

        await using RpcClient bare = RpcClient.Create(address, Over(plain, null));
        RpcCallOptions header = new() { Headers = { ["Authorization"] = "Bearer ann" } };
        RpcCallOptions baggage = new() { Baggage = { ["authorization"] = "Bearer ann" } };
        foreach (RpcCallOptions options in (RpcCallOptions[])[header, baggage])
        {
            await Failing.WithAsync(RpcStatusCode.FailedPrecondition, bare.Get<IVault>(options).WhoAsync, RpcCallProgress.NotSent);
            using RpcCallScope scope = RpcCallScope.Begin(options);
            await Failing.WithAsync(RpcStatusCode.FailedPrecondition, bare.Get<IVault>().WhoAsync, RpcCallProgress.NotSent);
            await Assert.ThrowsAsync<RpcException>(async () =>
            {
                await foreach (string item in bare.Get<IVault>().DownAsync(Tripwire.New())) Assert.Fail(item);
            }).Soon();
            await Assert.ThrowsAsync<RpcException>(() => bare.Get<IVault>().NoteAsync(Tripwire.New()).Soon());
        }

        Assert.Equal("hello nobody", await bare.Get<IVault>().HelloAsync().Soon());
        Assert.Equal(0, host.Judged);

        RpcClientOptions allowed = Over(plain, RpcCredentials.Bearer("ann"));
        allowed.AllowInsecureCredentials = true;
        await using RpcClient trusting = RpcClient.Create(address, allowed);
        Assert.Equal("ann", await trusting.Get<IVault>().WhoAsync().Soon());
        Assert.Equal("ann", await trusting.Get<IVault>(header).WhoAsync().Soon());
    }

    [Theory]
    [InlineData("tcp", "127.0.0.1:80", true)]
    [InlineData("tcp", "127.9.9.9:80", true)]
    [InlineData("tcp", "[::1]:80", true)]
    [InlineData("tcp", "[::ffff:127.0.0.1]:80", true)]
    [InlineData("tcp", "10.0.0.1:80", false)]
    [InlineData("tcp", "[2001:db8::1]:80", false)]
    [InlineData("unix", "/run/x", true)]
    [InlineData("memory", "x", true)]
    [InlineData("plain", "127.0.0.1:80", false)]
    public void What_does_not_leave_the_machine_is_private(string scheme, string rest, bool isPrivate) =>
        Assert.Equal(
            isPrivate, ChannelPrivacy.IsPrivate(new PlainTransport.Connection(new RecordingTransport(), RpcAddress.Create(scheme, rest))));

    [Fact]
    public void No_text_shows_a_credential()
    {
        RpcCredential credential = RpcCredential.Bearer("s3cr3t", DateTimeOffset.MaxValue);
        RpcCallOptions options = new() { Credential = credential };
        Assert.Equal("Bearer s3cr3t", options.Headers["authorization"]);
        RpcAuthenticationContext context = new(RpcAddress.Parse("tcp://1.2.3.4:5"), "Bearer s3cr3t");
        HelloMessage hello = RawFrames.ClientHello() with { Credential = credential.Value };
        object[] texts =
        [
            credential, RpcCredentials.Bearer("s3cr3t"), RpcCredentials.Bearer("s3cr3t").PerCall(), options, options.Headers, context, hello,
        ];
        foreach (object text in texts) Assert.DoesNotContain("s3cr3t", text.ToString(), StringComparison.Ordinal);
        Assert.Equal("authorization: (hidden)", options.Headers.ToString());
        Assert.Equal("s3cr3t", context.BearerToken);
        options.Credential = null;
        Assert.Empty(options.Headers);
    }

    [Theory]
    [InlineData("", "secret")]
    [InlineData(" s3cr3t", "white space")]
    [InlineData("s3cr3t\n", "read from a file with a line end")]
    [InlineData("s3cr3t\u0007x", "cannot be sent")]
    public void A_token_that_cannot_be_sent_is_refused_without_being_quoted(string token, string why)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => RpcCredential.Bearer(token));
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_may_be_long_but_not_endless()
    {
        Assert.NotNull(RpcCredential.Bearer(new string('x', Secrets.MaxLength - 7)));
        ArgumentException error = Assert.Throws<ArgumentException>(() => RpcCredential.Bearer(new string('x', Secrets.MaxLength - 6)));
        Assert.Contains("at most 16,384 are sent", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => RpcCredential.Create("two words", "x"));
    }

    [Theory]
    [InlineData("Bearer abc", "abc")]
    [InlineData("bearer  abc ", "abc")]
    [InlineData("Basic abc", null)]
    [InlineData("Bearerabc", null)]
    [InlineData("Bearer ", "")]
    [InlineData(null, null)]
    public void The_scheme_of_a_bearer_token_is_not_part_of_it(string? credential, string? token) =>
        Assert.Equal(token, new RpcAuthenticationContext(RpcAddress.Parse("tcp://1.2.3.4:5"), credential).BearerToken);

    private static RpcClientOptions Over(PlainTransport transport, RpcCredentials? credentials) => LabHost.Patient(options =>
    {
        options.Transports.Add(transport);
        options.Credentials = credentials;
    });

    private static CredentialStore StoreOf(RpcClient client) => CredentialsOf(client.Channel)!;

    [System.Runtime.CompilerServices.UnsafeAccessor(System.Runtime.CompilerServices.UnsafeAccessorKind.Field, Name = "_credentials")]
    private static extern ref CredentialStore? CredentialsOf(SourceGen.Rpc.Client.ClientChannel channel);
}
