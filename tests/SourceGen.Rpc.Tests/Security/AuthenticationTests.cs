using System.Security.Claims;
using System.Security.Cryptography.X509Certificates;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Tests.Transport.Tls;

namespace SourceGen.Rpc.Tests.Security;

/// <summary>How a server finds out who connects and who calls, and what it does when it cannot.</summary>
public sealed class AuthenticationTests
{
    [Theory]
    [InlineData("tcp://127.0.0.1:0", false)]
    [InlineData("tcp://127.0.0.1:0", true)]
    [InlineData("memory://", false)]
    [InlineData("memory://", true)]
    [InlineData("tls://127.0.0.1:0", false)]
    [InlineData("tls://127.0.0.1:0", true)]
    public async Task A_token_says_who_calls(string address, bool perCall)
    {
        bool tls = address.StartsWith("tls", StringComparison.Ordinal);
        await using VaultHost host = await VaultHost.StartAsync(address, options =>
        {
            if (tls) TestTls.Use(options);
        });
        IVault vault = await host.GetAsync("ann", perCall, options =>
        {
            if (tls) TestTls.Use(options);
        });
        for (int i = 0; i < 3; i++) Assert.Equal("ann", await vault.WhoAsync().Soon());
        Assert.Equal("hello ann", await vault.HelloAsync().Soon());
        Assert.Equal(1, host.Judged);
    }

    [Fact]
    public async Task Without_a_credential_there_is_nothing_but_what_is_open()
    {
        await using VaultHost host = await VaultHost.StartAsync();
        IVault vault = await host.GetAsync();
        RpcException error = await Failing.WithAsync(RpcStatusCode.Unauthenticated, vault.WhoAsync);
        Assert.Contains("the caller is not authenticated. Send a credential", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Who", error.Message, StringComparison.Ordinal);
        Assert.Equal("hello nobody", await vault.HelloAsync().Soon());
        Assert.Equal(1, host.Server.Rejections.Unauthenticated);
        Assert.Equal(0, host.Judged);
    }

    [Fact]
    public async Task A_token_that_is_not_accepted_is_refused_when_the_client_connects()
    {
        await using VaultHost host = await VaultHost.StartAsync();
        RpcException error = await Failing.WithAsync(
            RpcStatusCode.Unauthenticated, () => host.ConnectAsync("wrong"), RpcCallProgress.NotSent);
        Assert.Contains(
            "refuses the connection: The credential was not accepted; the server's log says why.", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("bad one", error.Message, StringComparison.Ordinal);
        Assert.Contains("it is a bad one", await host.Log.WaitForAsync("Did not accept the credential"), StringComparison.Ordinal);
        Assert.Equal((1, 1), (host.Server.Rejections.Credentials, host.Server.Rejections.Connections));
        Assert.Equal("ann", await (await host.GetAsync("ann")).WhoAsync().Soon());
    }

    [Fact]
    public async Task A_call_s_token_that_is_not_accepted_fails_that_call_alone()
    {
        await using VaultHost host = await VaultHost.StartAsync();
        IVault vault = await host.GetAsync("ann");
        using (RpcCallScope.Begin(new RpcCallOptions { Credential = RpcCredential.Bearer("wrong") }))
        {
            await Failing.WithAsync(RpcStatusCode.Unauthenticated, vault.WhoAsync);

            // Open to everybody, so also to somebody whose credential is worth nothing.
            Assert.Equal("hello nobody", await vault.HelloAsync().Soon());
        }

        Assert.Equal("ann", await vault.WhoAsync().Soon());
    }

    [Fact]
    public async Task A_call_s_own_token_goes_before_those_of_client_and_connection()
    {
        await using VaultHost host = await VaultHost.StartAsync();
        RpcClient ann = await host.ConnectAsync("ann");
        RpcClient perCall = await host.ConnectAsync("cid", perCall: true);
        RpcCallOptions bob = new() { Credential = RpcCredential.Bearer("bob") };
        foreach (RpcClient client in (RpcClient[])[ann, perCall])
        {
            Assert.Equal("bob", await client.Get<IVault>(bob).WhoAsync().Soon());
            using (RpcCallScope.Begin(bob)) Assert.Equal("bob", await client.Get<IVault>().WhoAsync().Soon());
        }

        Assert.Equal("ann", await ann.Get<IVault>().WhoAsync().Soon());
        Assert.Equal("cid", await perCall.Get<IVault>().WhoAsync().Soon());
    }

    [Fact]
    public async Task A_token_is_judged_once_also_for_calls_that_come_at_the_same_time()
    {
        await using VaultHost host = await VaultHost.StartAsync();
        using Gate gate = new();
        host.OnToken = async (_, _) => await gate.PassAsync();
        IVault vault = await host.GetAsync("ann", perCall: true);
        Task<string>[] calls = [.. Enumerable.Range(0, 200).Select(_ => vault.WhoAsync().AsTask())];
        await gate.Reached;
        gate.Open();
        Assert.All(await Task.WhenAll(calls).Soon(), static name => Assert.Equal("ann", name));
        Assert.Equal(1, host.Judged);
        await host.AssertIdleAsync();
    }

    [Fact]
    public async Task So_many_tokens_are_remembered_and_the_oldest_goes_first()
    {
        await using VaultHost host = await VaultHost.StartAsync(configure: static options => options.Access.MaxRememberedCredentials = 2);
        RpcClient client = await host.ConnectAsync();
        foreach (string name in (string[])["a", "b", "b", "c", "c", "b", "a"])
        {
            RpcCallOptions options = new() { Credential = RpcCredential.Bearer(name) };
            Assert.Equal(name, await client.Get<IVault>(options).WhoAsync().Soon());
        }

        Assert.Equal(4, host.Judged);
        Assert.Equal(2, host.Connections.Single().Access!.Remembered);
    }

    [Fact]
    public async Task A_client_certificate_says_who_connects()
    {
        await using VaultHost host = await VaultHost.StartAsync(
            "tls://127.0.0.1:0",
            static options => options
                .UseTls(static tls =>
                {
                    tls.Certificate = TestCertificates.Server;
                    tls.ClientCertificateMode = TlsClientCertificateMode.Allow;
                    tls.ClientAuthorities.Add(TestCertificates.Authority);
                })
                .Access.AddClientCertificates());
        IVault known = await host.GetAsync(configure: static options => options.UseTls(static tls =>
        {
            TestTls.Trust(tls);
            tls.Certificate = TestCertificates.Client;
        }));
        IVault unknown = await host.GetAsync(configure: TestTls.Use);
        Assert.Equal("client", await known.WhoAsync().Soon());
        await Failing.WithAsync(RpcStatusCode.Unauthenticated, unknown.WhoAsync);
        Assert.Contains(host.Connections, static connection => connection.Access!.Owner is { ExpiresAt: < long.MaxValue });
    }

    [Fact]
    public async Task A_certificate_that_the_function_does_not_know_is_refused()
    {
        RpcCertificateAuthenticator authenticator = new(static _ => null);
        RpcAuthenticationContext context = new(RpcAddress.Parse("tls://1.2.3.4:5")) { ClientCertificate = TestCertificates.Client };
        Assert.Contains("CN=client", (await authenticator.AuthenticateAsync(context, default)).FailureReason, StringComparison.Ordinal);
        ClaimsPrincipal described = RpcCertificateAuthenticator.Describe(TestCertificates.Client);
        Assert.Equal(("client", "CN=client"), (described.Identity!.Name, described.FindFirst(ClaimTypes.X500DistinguishedName)!.Value));
    }

    [Fact]
    public async Task Authenticators_are_asked_in_order_until_one_has_something_to_say()
    {
        List<string> asked = [];
        await using VaultHost host = await VaultHost.StartAsync(configure: options =>
        {
            options.Access.Authenticators.Add(new Scripted(context => Note("first", RpcAuthenticationResult.NoResult)));
            options.Access.Authenticators.Add(new Scripted(context => Note("second", context.BearerToken == "two"
                ? RpcAuthenticationResult.Success(VaultHost.Principal("second"))
                : context.Credential!.StartsWith("Basic", StringComparison.Ordinal)
                ? RpcAuthenticationResult.Fail("no passwords here")
                : RpcAuthenticationResult.NoResult)));
        });
        Assert.Equal("second", await (await host.GetAsync("two")).WhoAsync().Soon());
        Assert.Equal(["first", "second"], asked);
        Assert.Equal("three", await (await host.GetAsync("three")).WhoAsync().Soon());
        Assert.Equal(1, host.Judged);
        await Failing.WithAsync(
            RpcStatusCode.Unauthenticated,
            () => host.ConnectAsync(configure: static options => options.Credentials = RpcCredentials.From(
                static _ => new ValueTask<RpcCredential>(RpcCredential.Create("Basic", "c2VjcmV0")))),
            RpcCallProgress.NotSent);
        Assert.Equal(1, host.Judged);

        RpcAuthenticationResult Note(string name, RpcAuthenticationResult result)
        {
            lock (asked) asked.Add(name);
            return result;
        }
    }

    [Fact]
    public async Task A_credential_that_nobody_knows_is_none_and_a_call_s_leaves_the_connection_s()
    {
        await using VaultHost host = await VaultHost.StartAsync();
        RpcCredential odd = RpcCredential.Create("Odd", "thing");
        IVault stranger = await host.GetAsync(configure: options => options.Credentials = RpcCredentials.From(_ => new(odd)));
        RpcException error = await Failing.WithAsync(RpcStatusCode.Unauthenticated, stranger.WhoAsync);
        Assert.Contains("no use for the kind of credential", error.Message, StringComparison.Ordinal);
        RpcClient ann = await host.ConnectAsync("ann");
        Assert.Equal("ann", await ann.Get<IVault>(new RpcCallOptions { Credential = odd }).WhoAsync().Soon());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_an_authenticator_throws_is_logged_and_not_told(bool perCall)
    {
        await using VaultHost host = await VaultHost.StartAsync();
        host.OnToken = static (_, _) => throw new InvalidOperationException("the key store is on fire");
        RpcException error = await FailAsync(host, RpcStatusCode.Internal, perCall);
        Assert.DoesNotContain("fire", error.Message, StringComparison.Ordinal);
        Assert.Contains("The server could not judge the caller; its log says why.", error.Message, StringComparison.Ordinal);
        Assert.Contains("the key store is on fire", await host.Log.WaitForAsync("RpcBearerAuthenticator failed"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_an_authenticator_quotes_is_not_logged_if_it_holds_the_token(bool perCall)
    {
        await using VaultHost host = await VaultHost.StartAsync();
        host.OnToken = static (token, _) => throw new FormatException($"cannot parse {token}");
        await FailAsync(host, RpcStatusCode.Internal, perCall, "s3cr3t-token");
        Assert.Contains(
            "System.FormatException; its text holds the credential", await host.Log.WaitForAsync("failed"), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", host.Log.All(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_principal_without_an_authenticated_identity_is_the_server_s_mistake()
    {
        await using VaultHost host = await VaultHost.StartAsync(
            configure: static options => options.Access.AddBearerTokens(static _ => new ClaimsPrincipal(new ClaimsIdentity())));
        await FailAsync(host, RpcStatusCode.Internal, perCall: true);
        Assert.Contains("give its ClaimsIdentity an authentication type", await host.Log.WaitForAsync("failed"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_authenticator_that_never_ends_is_given_up_and_stays_counted()
    {
        await using VaultHost host = await VaultHost.StartAsync(configure: static options =>
        {
            options.Access.CheckTimeout = TimeSpan.FromMilliseconds(20);
            options.Access.MaxConcurrentChecks = 2;
        });
        using Gate never = new();
        host.OnToken = async (token, _) =>
        {
            if (token.StartsWith("slow", StringComparison.Ordinal)) await never.PassAsync();
        };
        RpcClient client = await host.ConnectAsync();
        foreach (string token in (string[])["slow1", "slow2"])
        {
            RpcException late = await Failing.WithAsync(RpcStatusCode.Unavailable, Get(token).WhoAsync);
            Assert.Contains("did not come to judge the caller in time", late.Message, StringComparison.Ordinal);
        }

        RpcException full = await Failing.WithAsync(RpcStatusCode.ResourceExhausted, Get("ann").WhoAsync);
        Assert.Contains("MaxConcurrentChecks", full.Message, StringComparison.Ordinal);
        never.Open();
        RpcException? error = null;
        await Until.TrueAsync(
            () =>
            {
                error = null;
                try
                {
#pragma warning disable SGR0075 // A condition answers at once.
                    return Get("ann").WhoAsync().AsTask().GetAwaiter().GetResult() == "ann";
#pragma warning restore SGR0075
                }
                catch (RpcException e)
                {
                    error = e;
                    return false;
                }
            },
            () => $"the server fails with {error}");
        await host.AssertIdleAsync();

        IVault Get(string token) => client.Get<IVault>(new RpcCallOptions { Credential = RpcCredential.Bearer(token) });
    }

    [Fact]
    public async Task A_connection_whose_authenticator_never_ends_is_closed_and_holds_up_nobody()
    {
        await using VaultHost host = await VaultHost.StartAsync(
            configure: static options => options.HandshakeTimeout = TimeSpan.FromSeconds(2));
        using Gate never = new();
        host.OnToken = async (token, _) =>
        {
            if (token == "slow") await never.PassAsync();
        };
        Task<RpcClient> slow = host.ConnectAsync("slow");
        await never.Reached;
        Assert.Equal("ann", await (await host.GetAsync("ann")).WhoAsync().Soon());
        await Assert.ThrowsAsync<RpcException>(() => slow.Soon());
        await host.Log.WaitForAsync("could not be judged who it is within");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_authenticator_that_blocks_holds_up_no_other_call_of_the_connection(bool tls)
    {
        await using VaultHost host = await VaultHost.StartAsync(tls ? "tls://127.0.0.1:0" : "tcp://127.0.0.1:0", options =>
        {
            if (tls) TestTls.Use(options);
        });
        using Gate gate = new();
        host.OnToken = (token, _) =>
        {
            if (token == "slow") gate.Pass();
            return default;
        };
        RpcClient client = await host.ConnectAsync("ann", configure: options =>
        {
            if (tls) TestTls.Use(options);
        });
        Task<string> slow = client.Get<IVault>(new RpcCallOptions { Credential = RpcCredential.Bearer("slow") }).WhoAsync().AsTask();
        await gate.Reached;
        for (int i = 0; i < 10; i++) Assert.Equal("ann", await client.Get<IVault>().WhoAsync().Soon());
        gate.Open();
        Assert.Equal("slow", await slow.Soon());
    }

    [Fact]
    public async Task Where_connections_must_be_authenticated_others_learn_nothing()
    {
        await using VaultHost host = await VaultHost.StartAsync(
            configure: static options => options.Access.RequireAuthenticatedConnections = true);
        RpcException error = await Failing.WithAsync(RpcStatusCode.Unauthenticated, () => host.ConnectAsync(), RpcCallProgress.NotSent);
        Assert.Contains("takes authenticated connections only", error.Message, StringComparison.Ordinal);
        using RawPeer peer = await RawPeer.ConnectAsync(host.Address);
        await peer.SendAsync(RawFrames.Opening(RawFrames.ClientHello()));
        Assert.Empty((await peer.ReadHelloAsync()).Services);
        Assert.Equal("ann", await (await host.GetAsync("ann")).WhoAsync().Soon());
    }

    [Fact]
    public async Task A_server_without_authenticators_ignores_credentials_and_says_so_once()
    {
        await using LabHost host = await LabHost.StartAsync();
        for (int i = 0; i < 3; i++)
        {
            ILab lab = await host.GetAsync(static options => options.Credentials = RpcCredentials.Bearer("t0ken"));
            Assert.Equal(3, await lab.AddAsync(1, 2).Soon());
        }

        Assert.Equal(1, host.Log.Count("credentials are ignored"));
        Assert.DoesNotContain("t0ken", host.Log.All(), StringComparison.Ordinal);
        Assert.All(host.Connections, static connection => Assert.Null(connection.Access));
        Assert.All(host.Connections, static connection => Assert.Null(connection.Peer.Credential));
    }

    private static Task<RpcException> FailAsync(VaultHost host, RpcStatusCode code, bool perCall, string token = "ann") => perCall
        ? Failing.WithAsync(code, async () => await (await host.GetAsync(token, perCall: true)).WhoAsync())
        : Failing.WithAsync(code, () => host.ConnectAsync(token), RpcCallProgress.NotSent);

    private sealed class Scripted(Func<RpcAuthenticationContext, RpcAuthenticationResult> judge) : IRpcAuthenticator
    {
        public ValueTask<RpcAuthenticationResult> AuthenticateAsync(RpcAuthenticationContext context, CancellationToken cancellationToken) =>
            new(judge(context));
    }
}
