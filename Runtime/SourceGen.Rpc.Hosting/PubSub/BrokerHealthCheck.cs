using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using SourceGen.Rpc.Hosting.Health;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Hosting.PubSub;

/// <summary>
/// How the program gets on with its broker, as one of its health checks. Degraded while the connection is being made again: what is published waits, and
/// taking the program out of service would make it worse.
/// </summary>
internal sealed class BrokerHealthCheck(IBroker broker) : IHealthCheck
{
    /// <summary>The check's name.</summary>
    public const string Name = "rpc-broker";

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        BrokerState state = broker.State;
        return Task.FromResult(state.Status == BrokerStatus.Connected
            ? HealthCheckResult.Healthy($"{broker.Address} answers.")
            : new HealthCheckResult(context.Registration.FailureStatus, $"{broker.Address}: {state}"));
    }

    /// <summary>Adds the check where the program uses health checks.</summary>
    internal sealed class Setup : IConfigureOptions<HealthCheckServiceOptions>
    {
        /// <inheritdoc/>
        public void Configure(HealthCheckServiceOptions options) => options.Registrations.Add(new HealthCheckRegistration(
            Name,
            static services => new BrokerHealthCheck(services.GetRequiredService<IBroker>()),
            HealthStatus.Degraded,
            [RpcServerHealthCheck.Tag]));
    }
}
