using System.Security.Claims;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Tests.Security;

/// <summary>
/// A server with an <see cref="IVault"/> that knows bearer tokens such as <c>ann+keeper+owner</c>: a name, and roles. <c>wrong</c> is not
/// accepted.
/// </summary>
internal sealed class VaultHost : IAsyncDisposable
{
    private readonly List<RpcClient> _clients = [];
    private int _judged;

    private VaultHost()
    {
    }

    public RpcServer Server { get; private set; } = null!;

    public Vault Vault { get; } = new();

    public TestLog Log { get; } = new();

    /// <summary>How many tokens were judged.</summary>
    public int Judged => Volatile.Read(ref _judged);

    /// <summary>What the authenticator does with a token before it judges it.</summary>
    public Func<string, CancellationToken, ValueTask>? OnToken { get; set; }

    /// <summary>Until when the principals are good.</summary>
    public DateTimeOffset? Expires { get; set; }

    public string Address => Server.Addresses[0].ToString();

    public ICollection<RpcConnection> Connections => LabHost.ConnectionsOf(Server).Keys;

    public static async Task<VaultHost> StartAsync(
        string address = "tcp://127.0.0.1:0", Action<RpcServerOptions>? configure = null, bool authenticates = true)
    {
        VaultHost host = new();
        RpcServerOptions options = new RpcServerOptions { LoggerFactory = host.Log, DrainTimeout = TimeSpan.FromMilliseconds(200) }
            .Listen(address);
        options.Access.AddPolicy("adult", static user => user.HasClaim("age", "18"));
        configure?.Invoke(options);
        if (authenticates) options.Access.AddBearerTokens(host.JudgeAsync);
        host.Server = new RpcServer(options).AddService<IVault>(host.Vault);
        await host.Server.StartAsync().Soon();
        return host;
    }

    public static ClaimsPrincipal Principal(string token)
    {
        string[] parts = token.Split('+');
        List<Claim> claims = [new(ClaimTypes.Name, parts[0]), .. parts[1..].Select(static role => new Claim(ClaimTypes.Role, role))];
        if (parts[0].EndsWith("18", StringComparison.Ordinal)) claims.Add(new Claim("age", "18"));
        return new ClaimsPrincipal(new ClaimsIdentity(claims, "Test"));
    }

    public async Task<RpcClient> ConnectAsync(string? token = null, bool perCall = false, Action<RpcClientOptions>? configure = null)
    {
        RpcClientOptions options = LabHost.Patient(configure);
        if (token is not null)
        {
            RpcCredentials credentials = RpcCredentials.Bearer(token);
            options.Credentials = perCall ? credentials.PerCall() : credentials;
        }

        RpcClient client = await RpcClient.ConnectAsync(Address, options).Soon();
        lock (_clients) _clients.Add(client);
        return client;
    }

    public async Task<IVault> GetAsync(string? token = null, bool perCall = false, Action<RpcClientOptions>? configure = null) =>
        (await ConnectAsync(token, perCall, configure)).Get<IVault>();

    /// <summary>Waits until no call runs, and no request waits for its caller to be judged.</summary>
    public Task AssertIdleAsync() => Until.TrueAsync(
        () => Connections.All(static connection => connection.Running.Count == 0 && connection.Access!.Held == 0),
        () => $"{Connections.Sum(static connection => connection.Running.Count)} calls run, "
            + $"and {Connections.Sum(static connection => connection.Access!.Held)} bytes wait");

    public async ValueTask DisposeAsync()
    {
        foreach (RpcClient client in _clients) await client.DisposeAsync().Soon();
        await Server.DisposeAsync().Soon();
    }

    private async ValueTask<RpcAuthenticationResult> JudgeAsync(string token, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _judged);
        if (OnToken is not null) await OnToken(token, cancellationToken);
        return token == "wrong"
            ? RpcAuthenticationResult.Fail("it is a bad one")
            : RpcAuthenticationResult.Success(Principal(token), Expires);
    }
}
