using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Hosting.Tests.Support;

/// <summary>Hosts without the defaults that read files and the environment.</summary>
internal static class TestHost
{
    /// <summary>How long a test waits for something that must happen; it is reached only when the test fails.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static int _lastAddress;

    /// <summary>An address that no other test uses.</summary>
    public static string NewAddress() => $"memory://hosting-tests-{Interlocked.Increment(ref _lastAddress)}";

    /// <summary>Builds a host; scopes are checked, so that a scoped service in the root is an error.</summary>
    public static IHost Build(Action<IServiceCollection> add, params (string Key, string? Value)[] configuration)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.ConfigureContainer(
            new DefaultServiceProviderFactory(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true }));
        builder.Configuration.AddInMemoryCollection(configuration.ToDictionary(pair => pair.Key, pair => pair.Value));
        add(builder.Services);
        return builder.Build();
    }

    /// <summary>Builds and starts a host.</summary>
    public static async Task<IHost> StartAsync(Action<IServiceCollection> add, params (string Key, string? Value)[] configuration)
    {
        IHost host = Build(add, configuration);
        try
        {
            await host.StartAsync();
            return host;
        }
        catch
        {
            await host.StopAndDisposeAsync();
            throw;
        }
    }

    /// <summary>Stops a host and disposes of it, asynchronously as its clients and servers need it.</summary>
    public static async Task StopAndDisposeAsync(this IHost host)
    {
        await host.StopAsync();
        await ((IAsyncDisposable)host).DisposeAsync();
    }

    /// <summary>Gets the address that the host's server listens at.</summary>
    public static string AddressOf(this IHost host) => host.Services.GetRequiredService<RpcServer>().Addresses.Single().ToString();

    /// <summary>Sends the host's logs to a list.</summary>
    public static IServiceCollection AddLog(this IServiceCollection services, LogRecorder log) =>
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(log));
}
