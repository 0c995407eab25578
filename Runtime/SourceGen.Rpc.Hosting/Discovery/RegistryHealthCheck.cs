using Microsoft.Extensions.Diagnostics.HealthChecks;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Hosting.Server;

namespace SourceGen.Rpc.Hosting.Discovery;

/// <summary>
/// How the program gets on with its registry, as one of its health checks. Degraded and not unhealthy while it does not answer: what is
/// known goes on being called, and taking the program out of service would make it worse.
/// </summary>
internal sealed class RegistryHealthCheck(IServiceDirectory directory, IEnumerable<RpcServer> servers) : IHealthCheck
{
    /// <summary>The check's name.</summary>
    public const string Name = "rpc-registry";

    /// <summary>Creates the check for a host.</summary>
    public static RegistryHealthCheck Create(IServiceProvider services, RpcRegistrations registrations) =>
        new((IServiceDirectory)services.GetService(typeof(IServiceDirectory))!, registrations.Servers.Select(server => server.GetServer(services)));

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        foreach (RpcServer server in servers)
        {
            if (server.RegistrationState is { IsConnected: false } state) return Task.FromResult(Problem(context, "Servers are not registered", state));
        }

        RegistryState following = directory.State;
        return Task.FromResult(following.IsConnected
            ? HealthCheckResult.Healthy("The registry answers.")
            : Problem(context, "Services are not followed", following));
    }

    private static HealthCheckResult Problem(HealthCheckContext context, string what, RegistryState state) =>
        new(context.Registration.FailureStatus, $"{what} since {state.Since:u}: {state.Problem}");
}
