using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Tests.Transport.Tls;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Tests.EndToEnd;

/// <summary>Who may talk to whom over TLS, and what both are told when they may not.</summary>
public sealed class TlsTests
{
    private const string Any = "tls://127.0.0.1:0";

    [Fact]
    public async Task BothSides_KnowHowTheyTalkAndToWhom()
    {
        await using TlsPair pair = await TlsPair.OpenAsync(
            server =>
            {
                server.Certificate = TestCertificates.Server;
                server.ClientCertificateMode = TlsClientCertificateMode.Require;
                server.ClientAuthorities.Add(TestCertificates.Authority);
            },
            client =>
            {
                TestTls.Trust(client);
                client.Certificate = TestCertificates.Client;
            });

        foreach (ITlsConnection side in (ITlsConnection[])[pair.Client, pair.Server])
        {
            Assert.Contains(side.Protocol, (SslProtocols[])[SslProtocols.Tls12, SslProtocols.Tls13]);
            Assert.Equal(side.CipherSuite, pair.Client.CipherSuite);
            Assert.NotEqual(default, side.CipherSuite);
        }

        Assert.Equal("CN=server", pair.Client.RemoteCertificate!.Subject);
        Assert.Equal("CN=client", pair.Server.RemoteCertificate!.Subject);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("[::1]")]
    public async Task TheHostOfTheAddress_IsTheNameThatIsChecked(string host)
    {
        await using LabHost server = await LabHost.StartAsync(host == "localhost" ? Any : "tls://[::1]:0", TestTls.Use);
        string address = $"tls://{host}:{server.Address[(server.Address.LastIndexOf(':') + 1)..]}";
        await using RpcClient client = await RpcClient.ConnectAsync(address, LabHost.Patient(TestTls.Use)).Soon();
        Assert.Equal(3, await client.Get<ILab>().AddAsync(1, 2).Soon());
    }

    [Fact]
    public async Task AClientThatDoesNotTrustTheIssuer_IsToldWhoItIs_AndTheServerThatItLeft()
    {
        await using LabHost host = await LabHost.StartAsync(Any, TestTls.Use);
        RpcException error = await FailsAsync(host, client => client.Authorities.Add(TestCertificates.Stranger));
        Assert.StartsWith($"Cannot connect to {host.Address}: the server's certificate (CN=server) is not trusted", error.Message, StringComparison.Ordinal);
        Assert.Contains("its issuer, CN=Test Authority, is unknown here. Name that authority", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            "may not trust this server's certificate", await host.Log.WaitForAsync("Refused the connection"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutSettings_TheSystemsAuthoritiesDecide()
    {
        await using LabHost host = await LabHost.StartAsync(Any, TestTls.Use);
        RpcException error = await FailsAsync(host, _ => { });
        Assert.Contains("is not trusted", error.Message, StringComparison.Ordinal);
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Equal(RpcCallProgress.NotSent, error.Progress);
    }

    [Fact]
    public async Task AnExpiredCertificate_IsNamedWithItsDate()
    {
        X509Certificate2 expired = TestCertificates.Issue(
            "CN=old", notBefore: DateTimeOffset.UtcNow.AddDays(-9), notAfter: new DateTimeOffset(DateTime.UtcNow.Date.AddDays(-2), TimeSpan.Zero));
        await using LabHost host = await LabHost.StartAsync(Any, options => options.UseTls(expired));
        RpcException error = await FailsAsync(host, TestTls.Trust);
        Assert.Contains($"(CN=old) expired at {DateTime.UtcNow.Date.AddDays(-2):yyyy-MM-dd} 00:00 UTC. Renew it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ACertificateOfTheFuture_IsNamedWithItsDate()
    {
        X509Certificate2 early = TestCertificates.Issue(
            "CN=early", notBefore: DateTimeOffset.UtcNow.AddHours(5), notAfter: DateTimeOffset.UtcNow.AddDays(2));
        await using LabHost host = await LabHost.StartAsync(Any, options => options.UseTls(early));
        RpcException error = await FailsAsync(host, TestTls.Trust);
        Assert.Contains("(CN=early) is not valid before", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ACertificateForAnotherName_IsNamedWithItsNames_AndServerNameHelps()
    {
        X509Certificate2 other = TestCertificates.Issue("CN=other", dnsName: "shop.example");
        await using LabHost host = await LabHost.StartAsync(Any, options => options.UseTls(other));
        RpcException error = await FailsAsync(host, TestTls.Trust);
        Assert.Contains("(CN=other) is for shop.example, not for '127.0.0.1'. Connect by one of its names, or set ServerName", error.Message, StringComparison.Ordinal);
        await SucceedsAsync(host, client =>
        {
            TestTls.Trust(client);
            client.ServerName = "shop.example";
        });
    }

    [Fact]
    public async Task AServerWithAClientsCertificate_IsRefused()
    {
        await using LabHost host = await LabHost.StartAsync(Any, options => options.UseTls(TestCertificates.Client));
        RpcException error = await FailsAsync(host, TestTls.Trust);
        Assert.Contains("(CN=client) is not meant for this use", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task APinnedCertificate_IsAcceptedWhateverItsNameAndIssuer_AndNoOtherIs()
    {
        X509Certificate2 pinned = TestCertificates.Issue("CN=pinned", TestCertificates.Stranger, dnsName: "elsewhere.example");
        string thumbprint = pinned.GetCertHashString(HashAlgorithmName.SHA256);
        await using LabHost host = await LabHost.StartAsync(Any, options => options.UseTls(pinned));
        await SucceedsAsync(host, client => client.ServerThumbprint = string.Join(':', thumbprint.ToLowerInvariant().Chunk(2).Select(pair => new string(pair))));
        string another = new('A', thumbprint.Length);
        RpcException error = await FailsAsync(host, client => client.ServerThumbprint = another);
        Assert.Contains(
            $"(CN=pinned) has the SHA-256 thumbprint {thumbprint}, and {another} is expected", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task APinnedCertificateThatHasExpired_IsRefused()
    {
        X509Certificate2 expired = TestCertificates.Issue(
            "CN=pinned", notBefore: DateTimeOffset.UtcNow.AddDays(-9), notAfter: DateTimeOffset.UtcNow.AddDays(-2));
        await using LabHost host = await LabHost.StartAsync(Any, options => options.UseTls(expired));
        RpcException error = await FailsAsync(
            host, client => client.ServerThumbprint = expired.GetCertHashString(HashAlgorithmName.SHA256));
        Assert.Contains("(CN=pinned) expired at", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AClientWithoutACertificate_IsToldThatOneIsRequired_EachTime()
    {
        await using LabHost host = await StartMutualAsync(TlsClientCertificateMode.Require);

        // More than once: a session that is resumed must not skip the question.
        for (int i = 1; i <= 3; i++)
        {
            RpcException error = await FailsAsync(host, TestTls.Trust);
            Assert.Equal(RpcStatusCode.Unauthenticated, error.Code);
            Assert.Contains("the server requires a client certificate, and the client showed none. Set CertificatePath", error.Message, StringComparison.Ordinal);
        }

        Assert.Contains("requires a client certificate", await host.Log.WaitForAsync("Refused the connection from tls://127.0.0.1:"), StringComparison.Ordinal);
        await host.AssertConnectionsAsync(0);
    }

    [Theory]
    [InlineData(TlsClientCertificateMode.Allow)]
    [InlineData(TlsClientCertificateMode.Require)]
    public async Task AClientWithACertificateOfAStranger_IsRefused_AndToldWhy(TlsClientCertificateMode mode)
    {
        await using LabHost host = await StartMutualAsync(mode);
        RpcException error = await FailsAsync(host, client =>
        {
            TestTls.Trust(client);
            client.Certificate = TestCertificates.StrangeClient;
        });
        Assert.Equal(RpcStatusCode.Unauthenticated, error.Code);
        Assert.Contains("the client's certificate (CN=strange client) is not trusted: its issuer, CN=Stranger, is unknown here", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TlsClientCertificateMode.Allow)]
    [InlineData(TlsClientCertificateMode.Require)]
    public async Task AClientWithAGoodCertificate_IsServed(TlsClientCertificateMode mode)
    {
        await using LabHost host = await StartMutualAsync(mode);
        for (int i = 0; i < 3; i++)
        {
            await SucceedsAsync(host, client =>
            {
                TestTls.Trust(client);
                client.Certificate = TestCertificates.Client;
            });
        }
    }

    [Fact]
    public async Task WhereCertificatesAreAllowed_AClientMayHaveNone()
    {
        await using LabHost host = await StartMutualAsync(TlsClientCertificateMode.Allow);
        await SucceedsAsync(host, TestTls.Trust);
    }

    [Fact]
    public async Task APlainClientAtATlsPort_IsToldToUseTls_AndSoIsTheServer()
    {
        await using LabHost host = await LabHost.StartAsync(Any, TestTls.Use);
        string plain = "tcp" + host.Address[3..];
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => RpcClient.ConnectAsync(plain, LabHost.Patient()).Soon());
        Assert.Contains($"this address speaks TLS; use {host.Address} instead of tcp://", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            $"speaks SourceGen.Rpc without TLS, and this address expects TLS: clients must use {host.Address}",
            await host.Log.WaitForAsync("Refused the connection"),
            StringComparison.Ordinal);
        await SucceedsAsync(host, TestTls.Trust);
    }

    [Fact]
    public async Task ATlsClientAtAPlainPort_IsToldToUseTcp_AndTheServerIsToldOfTls()
    {
        await using LabHost host = await LabHost.StartAsync();
        string address = "tls" + host.Address[3..];
        RpcException error = await Assert.ThrowsAsync<RpcException>(
            () => RpcClient.ConnectAsync(address, LabHost.Patient(TestTls.Use)).Soon());
        Assert.Equal(
            $"Cannot connect to {address}: what listens there speaks SourceGen.Rpc without TLS. Use {host.Address} instead of tls://, "
            + "or let the server listen at tls://.",
            error.Message);
        Assert.Contains("tls://", await host.Log.WaitForAsync("The peer speaks TLS"), StringComparison.Ordinal);
        await host.AssertServesAsync();
    }

    [Fact]
    public async Task AnHttpClientAtATlsPort_IsAnsweredInItsOwnWords()
    {
        await using LabHost host = await LabHost.StartAsync(Any, TestTls.Use);
        using RawPeer peer = await RawPeer.ConnectAsync("tcp" + host.Address[3..]);
        await peer.SendAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
        Assert.StartsWith("HTTP/1.1 400 Bad Request", Encoding.ASCII.GetString(await peer.ReadToEndAsync()), StringComparison.Ordinal);
        Assert.Contains(
            "speaks HTTP, and this address expects TLS", await host.Log.WaitForAsync("Refused the connection"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task ASilentClient_IsCutOffWhenTheHandshakesTimeIsOver(int sent)
    {
        await using LabHost host = await LabHost.StartAsync(Any, options =>
        {
            TestTls.Use(options);
            options.HandshakeTimeout = TimeSpan.FromMilliseconds(200);
        });
        using RawPeer peer = await RawPeer.ConnectAsync("tcp" + host.Address[3..]);

        // The beginning of a handshake record of 512 bytes, of which the rest never comes.
        byte[] beginning = [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03, .. new byte[100]];
        if (sent > 0) await peer.SendAsync(beginning[..sent]);
        Assert.Contains("did not complete the TLS handshake within 0.2 s", await host.Log.WaitForAsync("Refused the connection"), StringComparison.Ordinal);
        await peer.ReadToEndAsync();
    }

    [Fact]
    public async Task SilentPeers_CountAsHandshakes_AndBeyondTheLimitNoOtherIsBegun()
    {
        await using LabHost host = await LabHost.StartAsync(Any, options =>
        {
            TestTls.Use(options);
            options.MaxConnectionsInHandshake = 2;
            options.HandshakeTimeout = Waiting.Limit;
        });
        string plain = "tcp" + host.Address[3..];
        RawPeer first = await RawPeer.ConnectAsync(plain);
        using RawPeer second = await RawPeer.ConnectAsync(plain);
        using RawPeer third = await RawPeer.ConnectAsync(plain);
        Assert.Empty(await third.ReadToEndAsync());
        await host.Log.WaitForAsync("2 connections that have not introduced themselves");

        first.Dispose();
        await Until.TrueAsync(() => host.Admission.Open == 1, () => $"{host.Admission.Open} connections are counted");
        await SucceedsAsync(host, TestTls.Trust);
    }

    [Fact]
    public async Task ARefusalForTooManyConnections_ReachesTheClientOverTls()
    {
        await using LabHost host = await LabHost.StartAsync(Any, options =>
        {
            TestTls.Use(options);
            options.MaxConnections = 1;
        });
        await using RpcClient first = await RpcClient.ConnectAsync(host.Address, LabHost.Patient(TestTls.Use)).Soon();
        RpcException error = await FailsAsync(host, TestTls.Trust);
        Assert.Equal(RpcStatusCode.ResourceExhausted, error.Code);
        Assert.Contains("(MaxConnections)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASilentServer_FailsConnectAsyncWithinTheConnectTimeout()
    {
        using var silent = new RawServer();
        RpcClientOptions options = new RpcClientOptions { ConnectTimeout = TimeSpan.FromMilliseconds(200) }.UseTls(TestTls.Trust);
        string address = "tls" + silent.Address[3..];
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => RpcClient.ConnectAsync(address, options).Soon());
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Equal($"{address} did not complete the TLS handshake within 0.2 s. Does it speak TLS?", error.Message);
    }

    [Fact]
    public async Task NonsenseAfterTheHandshakesBeginning_IsRefusedAndHarmsNobody()
    {
        await using LabHost host = await LabHost.StartAsync(Any, TestTls.Use);
        using RawPeer peer = await RawPeer.ConnectAsync("tcp" + host.Address[3..]);
        await peer.SendAsync([0x16, 0x03, 0x01, 0x00, 0x40, .. Bytes.Random(11, 64)]);
        Assert.Contains("The TLS handshake failed: ", await host.Log.WaitForAsync("Refused the connection"), StringComparison.Ordinal);
        await peer.ReadToEndAsync();
        await SucceedsAsync(host, TestTls.Trust);
    }

    [Theory]
    [InlineData("h2", false)]
    [InlineData("sourcegen-rpc/1", true)]
    [InlineData(null, true)]
    public async Task WhoNegotiatesAProtocol_MustMeanThisOne(string? protocol, bool works)
    {
        await using LabHost host = await LabHost.StartAsync(Any, TestTls.Use);
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", int.Parse(host.Address[(host.Address.LastIndexOf(':') + 1)..], null));
        await using var tls = new SslStream(socket.GetStream());
        Task shaking = tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            ApplicationProtocols = protocol is null ? null : [new SslApplicationProtocol(protocol)],
            RemoteCertificateValidationCallback = static (_, _, _, _) => true,
        });
        if (works)
        {
            await shaking.Soon();
            Assert.Equal(protocol ?? "", tls.NegotiatedApplicationProtocol.ToString());
            await tls.WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
            byte[] answer = new byte[12];
            await tls.ReadExactlyAsync(answer).Soon();
            Assert.Equal("HTTP/1.1 400", Encoding.ASCII.GetString(answer));
        }
        else
        {
            await Assert.ThrowsAsync<AuthenticationException>(() => shaking.Soon());
            await host.Log.WaitForAsync("The TLS handshake failed");
        }
    }

    [Fact]
    public async Task TheClientOffersItsProtocol()
    {
        using var server = new RawServer();
        Task<RpcClient> connecting = RpcClient.ConnectAsync("tls" + server.Address[3..], LabHost.Patient(TestTls.Use)).AsTask();
        using RawPeer peer = await server.AcceptAsync();
        await using var tls = new SslStream(new NetworkStream(peer.Socket));
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificate = TestCertificates.Server,
            ApplicationProtocols = [new SslApplicationProtocol("other"), new SslApplicationProtocol("sourcegen-rpc/1")],
        }).Soon();
        Assert.Equal("sourcegen-rpc/1", tls.NegotiatedApplicationProtocol.ToString());
        await tls.DisposeAsync();
        peer.Socket.Dispose();
        await Assert.ThrowsAsync<RpcException>(() => connecting.Soon());
    }

    [Fact]
    public void WithoutTheTransport_TheErrorSaysWhatToAdd()
    {
        NotSupportedException error = Assert.Throws<NotSupportedException>(() => RpcClient.Create("tls://127.0.0.1:5000"));
        Assert.Contains("call UseTls on the options", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AClientsTransport_CannotListen_AndSaysWhy()
    {
        var transport = new TlsTransport(new TlsOptions());
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => transport.ListenAsync(RpcAddress.Parse(Any)).Soon());
        Assert.Equal(RpcStatusCode.FailedPrecondition, error.Code);
        Assert.Contains("no certificate is given. Call UseTls", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new TlsTransport(new TlsOptions { Server = new SslServerAuthenticationOptions() }));
    }

    [Fact]
    public async Task ACallbackOfTheUser_Decides()
    {
        await using LabHost host = await LabHost.StartAsync(Any, TestTls.Use);
        bool accept = true;
        RpcClientOptions options = LabHost.Patient();
        options.Transports.Add(new TlsTransport(new TlsOptions
        {
            Client = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => Volatile.Read(ref accept) },
        }));
        await using (RpcClient client = await RpcClient.ConnectAsync(host.Address, options).Soon())
        {
            Assert.Equal(5, await client.Get<ILab>().AddAsync(2, 3).Soon());
        }

        Volatile.Write(ref accept, false);
        await Assert.ThrowsAsync<RpcException>(() => RpcClient.ConnectAsync(host.Address, options).Soon());
    }

    private static Task<LabHost> StartMutualAsync(TlsClientCertificateMode mode) => LabHost.StartAsync(Any, options => options.UseTls(tls =>
    {
        tls.Certificate = TestCertificates.Server;
        tls.ClientCertificateMode = mode;
        tls.ClientAuthorities.Add(TestCertificates.Authority);
    }));

    private static Task<RpcException> FailsAsync(LabHost host, Action<TlsClientOptions> configure) =>
        Assert.ThrowsAsync<RpcException>(
            () => RpcClient.ConnectAsync(host.Address, LabHost.Patient(options => options.UseTls(configure))).Soon());

    private static async Task SucceedsAsync(LabHost host, Action<TlsClientOptions> configure)
    {
        await using RpcClient client =
            await RpcClient.ConnectAsync(host.Address, LabHost.Patient(options => options.UseTls(configure))).Soon();
        Assert.Equal(5, await client.Get<ILab>().AddAsync(2, 3).Soon());
    }
}
