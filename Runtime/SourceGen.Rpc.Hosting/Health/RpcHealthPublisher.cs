using Microsoft.Extensions.Diagnostics.HealthChecks;
using SourceGen.Rpc.Hosting.Server;

namespace SourceGen.Rpc.Hosting.Health;

/// <summary>Takes what the program's health checks found over into the health of a server.</summary>
internal sealed class RpcHealthPublisher(ServerRegistration registration, IServiceProvider services) : IHealthCheckPublisher
{
    /// <inheritdoc/>
    public Task PublishAsync(HealthReport report, CancellationToken cancellationToken)
    {
        RpcHealth health = registration.GetServer(services).Health;
        foreach (HealthPublication publication in registration.Publications) publication.Apply(report, health);
        return Task.CompletedTask;
    }
}
