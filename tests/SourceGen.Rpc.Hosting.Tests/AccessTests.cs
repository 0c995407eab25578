using System.Security.Claims;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using SourceGen.Rpc.BuiltIn;
using SourceGen.Rpc.Hosting.Tests.Support;

namespace SourceGen.Rpc.Hosting.Tests;

/// <summary>Authenticators from the container, and credentials from configuration.</summary>
public sealed class AccessTests
{
    [Theory]
    [InlineData(ServiceLifetime.Singleton, 1)]
    [InlineData(ServiceLifetime.Scoped, 2)]
    [InlineData(ServiceLifetime.Transient, 2)]
    public async Task An_authenticator_from_the_container_lives_as_long_as_it_is_registered_for(ServiceLifetime lifetime, int created)
    {
        Births births = new();
        IHost server = await TestHost.StartAsync(services =>
        {
            services.AddSingleton(births);
            services.AddRpcServer(o => o.Listen("memory://")).AddService<IGreeter, Greeter>().AddAuthenticator<NameAuthenticator>(lifetime);
        });
        for (int i = 0; i < 2; i++)
        {
            IHost client = await StartClientAsync(server.AddressOf(), ("BearerToken", "ann"));
            Assert.NotEmpty(await client.Services.GetRequiredService<IGreeter>().GreetAsync("you"));
            await client.StopAndDisposeAsync();
        }

        Assert.Equal(created, births.Count);
        await server.StopAndDisposeAsync();
    }

    [Fact]
    public void An_authenticator_that_is_registered_otherwise_says_so()
    {
        ServiceCollection services = new();
        services.AddScoped<NameAuthenticator>();
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(
            () => services.AddRpcServer().AddAuthenticator<NameAuthenticator>(ServiceLifetime.Singleton));
        Assert.Contains(
            "is registered as Scoped already, and AddAuthenticator asks for Singleton", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_s_token_comes_from_configuration_or_from_a_file_that_is_read_anew(bool perCall)
    {
        IHost server = await StartServerAsync();
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "ann\n");
            (string, string?)[] more = perCall ? [("PerCall", "true")] : [];
            foreach ((string, string?) source in ((string, string?)[])[("BearerToken", "ann"), ("BearerTokenFile", file)])
            {
                IHost client = await StartClientAsync(server.AddressOf(), [source, .. more]);
                Assert.NotEmpty(await client.Services.GetRequiredService<IGreeter>().GreetAsync("you"));
                await client.StopAndDisposeAsync();
            }
        }
        finally
        {
            File.Delete(file);
        }

        await server.StopAndDisposeAsync();
    }

    [Fact]
    public async Task Configuration_opens_health_and_closes_connections()
    {
        IHost open = await StartServerAsync(("Rpc:Server:Access:AnonymousBuiltIns", "Health"));
        await using (RpcClient stranger = await RpcClient.ConnectAsync(open.AddressOf()))
            Assert.Equal(ServingStatus.Serving, await stranger.Get<IHealth>().CheckAsync());
        await open.StopAndDisposeAsync();

        IHost closed = await StartServerAsync(("Rpc:Server:Access:RequireAuthenticatedConnections", "true"));
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await RpcClient.ConnectAsync(closed.AddressOf()));
        Assert.Equal(RpcStatusCode.Unauthenticated, error.Code);
        await closed.StopAndDisposeAsync();
    }

    [Fact]
    public async Task Mistakes_fail_the_start_name_the_key_and_never_quote_a_token()
    {
        await ClientFailsAsync("Rpc:Client:Credentials: Set BearerToken, or BearerTokenFile", ("Credentials:PerCall", "true"));
        await ClientFailsAsync(
            "Rpc:Client:Credentials: Set BearerToken, or BearerTokenFile", ("Credentials:BearerToken", "s3cr3t"), ("Credentials:BearerTokenFile", "x"));
        await ClientFailsAsync("Rpc:Client:Credentials: The token cannot be used", ("Credentials:BearerToken", "s3cr3t \n"));
        await ClientFailsAsync(
            "Rpc:Client:Credentials:BearerTokn is not a known key. Did you mean BearerToken?", ("Credentials:BearerTokn", "s3cr3t"));
        await ServerFailsAsync("Rpc:Server:Access:CheckTimeout is 'soon'", ("CheckTimeout", "soon"));
        await ServerFailsAsync("Rpc:Server:Access:AnonymousBuiltIns has 'Wealth'", ("AnonymousBuiltIns", "Wealth"));
        await ServerFailsAsync("MaxConcurrentChecks is 0", ("MaxConcurrentChecks", "0"));
        await ServerFailsAsync("MaxRememberedCredentials is -1", ("MaxRememberedCredentials", "-1"));
        await ServerFailsAsync("RememberCredentialsFor is 00:00:00", ("RememberCredentialsFor", "0s"));
    }

    private static Task<IHost> StartServerAsync(params (string Key, string? Value)[] configuration) => TestHost.StartAsync(
        services =>
        {
            services.AddSingleton<Births>();
            services.AddRpcServer(o => o.Listen("memory://")).AddService<IGreeter, Greeter>().AddAuthenticator<NameAuthenticator>();
        },
        configuration);

    private static Task<IHost> StartClientAsync(string address, params (string Key, string? Value)[] credentials) => TestHost.StartAsync(
        services => services.AddRpcClient<IGreeter>(),
        [("Rpc:Client:Address", address), .. credentials.Select(static pair => ($"Rpc:Client:Credentials:{pair.Key}", pair.Value))]);

    private static async Task ClientFailsAsync(string expected, params (string Key, string? Value)[] configuration)
    {
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => TestHost.StartAsync(
            services => services.AddRpcClient<IGreeter>("memory://a"),
            [.. configuration.Select(static pair => ($"Rpc:Client:{pair.Key}", pair.Value))]));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", error.ToString(), StringComparison.Ordinal);
    }

    private static async Task ServerFailsAsync(string expected, params (string Key, string? Value)[] access) => Assert.Contains(
        expected,
        (await Assert.ThrowsAsync<OptionsValidationException>(
            () => StartServerAsync([.. access.Select(static pair => ($"Rpc:Server:Access:{pair.Key}", pair.Value))]))).Message,
        StringComparison.Ordinal);

    private sealed class Births
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public void Add() => Interlocked.Increment(ref _count);
    }

    private sealed class NameAuthenticator : IRpcAuthenticator
    {
        public NameAuthenticator(Births births) => births.Add();

        public ValueTask<RpcAuthenticationResult> AuthenticateAsync(RpcAuthenticationContext context, CancellationToken cancellationToken) =>
            new(context.BearerToken is { } name
                ? RpcAuthenticationResult.Success(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, name)], "Test")))
                : RpcAuthenticationResult.NoResult);
    }
}
