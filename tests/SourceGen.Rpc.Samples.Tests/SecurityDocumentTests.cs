using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using SourceGen.Rpc.BuiltIn;
using SourceGen.Rpc.Samples.Contracts;
using SourceGen.Rpc.Samples.Tests.Support;

namespace SourceGen.Rpc.Samples.Tests;

/// <summary>What docs/security.md shows of authentication and authorization is here, compiles and does what it says.</summary>
public sealed partial class SecurityDocumentTests
{
    private static readonly string s_document = File.ReadAllText(Repository.PathOf("docs", "security.md"));

    [Fact]
    public async Task The_server_and_the_client_of_the_document_understand_each_other()
    {
        RpcServerOptions serverOptions = new RpcServerOptions().Listen("memory://security");
        Authenticate(serverOptions);
        Authorize(serverOptions, new Badges());
        serverOptions.Access.Authenticators.Add(new ApiKeys(new KeyStore()));
        await using RpcServer server = new RpcServer(serverOptions).AddService<IVault>(new Vault());
        await server.StartAsync();

        foreach (RpcCredentials credentials in Credentials(new Tokens(), "keeper"))
        {
            await using RpcClient rpc = await RpcClient.ConnectAsync("memory://security", new RpcClientOptions { Credentials = credentials });
            await rpc.Get<IVault>().OpenAsync();
            await DeniedAsync(RpcStatusCode.PermissionDenied, () => rpc.Get<IVault>().SellAsync());
            await SellAsync(rpc, rpc.Get<IVault>(), "owner");
        }

        RpcCredential key = RpcCredential.Create("ApiKey", "valid");
        await using RpcClient machine = await RpcClient.ConnectAsync(
            "memory://security", new RpcClientOptions { Credentials = RpcCredentials.From(_ => new ValueTask<RpcCredential>(key)) });
        await machine.Get<IVault>().OpenAsync();

        await using RpcClient stranger = await RpcClient.ConnectAsync("memory://security");
        Assert.Equal("Good evening, nobody", await stranger.Get<IVault>().GreetAsync());
        Assert.Equal(ServingStatus.Serving, await stranger.Get<IHealth>().CheckAsync());
        await DeniedAsync(RpcStatusCode.Unauthenticated, () => stranger.Get<IVault>().OpenAsync());
    }

    [Theory]
    [InlineData("tests/SourceGen.Rpc.Samples.Tests/SecurityDocumentTests.cs", 5)]
    [InlineData("tests/SourceGen.Rpc.Samples.Contracts/IVault.cs", 1)]
    public void The_code_is_the_one_in_the_document(string path, int parts)
    {
        Match[] marked = MarkedCode().Matches(File.ReadAllText(Repository.PathOf(path))).ToArray();

        Assert.Equal(parts, marked.Length);
        foreach (Match part in marked)
        {
            int indent = part.Groups["indent"].Length;
            string code = string.Join('\n', part.Groups["code"].Value.Split('\n').Select(line => line[Math.Min(line.Length, indent)..]));
            Assert.Contains($"```csharp\n{code}\n```", s_document, StringComparison.Ordinal);
        }
    }

    private static void Authenticate(RpcServerOptions options)
    {
        // <security>
        options.Access
            .AddClientCertificates()                                    // who opened the connection, by the certificate that TLS has accepted
            .AddBearerTokens(token => ValidateToken(token));            // a ClaimsPrincipal, or null: not valid
        // </security>
    }

    private static void Authorize(RpcServerOptions options, Badges badges)
    {
        // <security>
        options.Access
            .AddPolicy("adult", user => user.HasClaim("adult", "true"))
            .AddPolicy("on-site", async (user, ct) => await badges.IsInsideAsync(user, ct))
            .Require<IVault>("on-site", methods: ["Open"]);             // beside what the contract asks for
        options.Access.AnonymousBuiltIns = RpcBuiltInServices.Health;   // for load balancers; all built-in services are closed otherwise
        // </security>
    }

    private static List<RpcCredentials> Credentials(Tokens tokens, string fixedToken)
    {
        Recorder options = new();

        // <security>
        options.Credentials = RpcCredentials.Bearer(fixedToken);                                // one that never changes
        options.Credentials = RpcCredentials.Bearer(ct => tokens.GetAsync(ct));                 // asked whenever a connection opens
        options.Credentials = RpcCredentials.From(async ct =>                                   // kept until it expires
        {
            (string token, DateTimeOffset expires) = await tokens.GetWithExpiryAsync(ct);
            return RpcCredential.Bearer(token, expires);
        });
        options.Credentials = RpcCredentials.Bearer(ct => tokens.GetAsync(ct)).PerCall();       // with each call, not with the connection
        // </security>
        return options.All;
    }

    private static async Task SellAsync(RpcClient rpc, IVault other, string userToken)
    {
        // <security>
        RpcCallOptions options = new() { Credential = RpcCredential.Bearer(userToken) };
        IVault vault = rpc.Get<IVault>(options);                                                // for a proxy
        using (RpcCallScope.Begin(options)) await other.SellAsync();                            // for the calls made here
        // </security>
        await vault.SellAsync();
    }

    private static async Task DeniedAsync(RpcStatusCode code, Func<ValueTask> call) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<RpcException>(() => call().AsTask())).Code);

    /// <summary>The way secrets are to be compared.</summary>
    private static ClaimsPrincipal? ValidateToken(string token)
    {
        foreach (string known in (string[])["keeper", "owner"])
        {
            if (!CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(token)), SHA256.HashData(Encoding.UTF8.GetBytes(known))))
                continue;
            return new ClaimsPrincipal(new ClaimsIdentity(
                [new Claim(ClaimTypes.Name, known), new Claim(ClaimTypes.Role, known), new Claim("adult", "true")], "Bearer"));
        }

        return null;
    }

    [GeneratedRegex(@"^(?<indent> *)// <security>\n(?<code>.*?)\n *// </security>", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex MarkedCode();

    // <security>
    public sealed class ApiKeys(IKeyStore keys) : IRpcAuthenticator
    {
        public async ValueTask<RpcAuthenticationResult> AuthenticateAsync(RpcAuthenticationContext context, CancellationToken cancellationToken)
        {
            if (context.Credential?.StartsWith("ApiKey ", StringComparison.Ordinal) is not true) return RpcAuthenticationResult.NoResult;
            ApiKey? key = await keys.FindAsync(context.Credential["ApiKey ".Length..], cancellationToken);
            return key is null
                ? RpcAuthenticationResult.Fail("unknown key")                               // for the log; the peer is not told
                : RpcAuthenticationResult.Success(key.Owner, key.ValidUntil);
        }
    }
    // </security>

    public sealed record ApiKey(ClaimsPrincipal Owner, DateTimeOffset ValidUntil);

    public interface IKeyStore
    {
        ValueTask<ApiKey?> FindAsync(string key, CancellationToken cancellationToken);
    }

    private sealed class KeyStore : IKeyStore
    {
        public ValueTask<ApiKey?> FindAsync(string key, CancellationToken cancellationToken) => new(key == "valid"
            ? new ApiKey(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Role, "keeper")], "ApiKey")), DateTimeOffset.UtcNow.AddDays(1))
            : null);
    }

    /// <summary>Stands for the options, and keeps everything that was set.</summary>
    private sealed class Recorder
    {
        public List<RpcCredentials> All { get; } = [];

        public RpcCredentials Credentials
        {
            set => All.Add(value);
        }
    }

    private sealed class Badges
    {
        public ValueTask<bool> IsInsideAsync(ClaimsPrincipal user, CancellationToken cancellationToken) => new(user.Identity!.IsAuthenticated);
    }

    private sealed class Tokens
    {
        public ValueTask<string> GetAsync(CancellationToken cancellationToken) => new("keeper");

        public ValueTask<(string Token, DateTimeOffset Expires)> GetWithExpiryAsync(CancellationToken cancellationToken) =>
            new(("keeper", DateTimeOffset.UtcNow.AddHours(1)));
    }

    private sealed class Vault : IVault
    {
        public ValueTask OpenAsync() => default;

        public ValueTask SellAsync() => default;

        public ValueTask<string> GreetAsync() => new($"Good evening, {RpcContext.Current?.User?.Identity?.Name ?? "nobody"}");
    }
}
