using Microsoft.Extensions.Diagnostics.HealthChecks;
using SourceGen.Rpc.BuiltIn;

namespace SourceGen.Rpc.Hosting.Health;

/// <summary>An RPC server's own word about its readiness, as one of the program's health checks.</summary>
internal sealed class RpcServerHealthCheck(RpcServer server, string title) : IHealthCheck
{
    /// <summary>On every check of this kind, so that a server does not count its own word when it takes over that of the others.</summary>
    public const string Tag = "sourcegen.rpc";

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
        server.Health.GetStatus() == ServingStatus.Serving
            ? HealthCheckResult.Healthy($"The {title} is serving.")
            : new HealthCheckResult(
                context.Registration.FailureStatus,
                $"The {title} is not serving: it has not started, is stopping, or its RpcServer.Health was set so."));
}
