using Microsoft.Extensions.Diagnostics.HealthChecks;
using SourceGen.Rpc.BuiltIn;

namespace SourceGen.Rpc.Hosting.Health;

/// <summary>Which health checks decide the status of one name.</summary>
/// <param name="service">The service's name; empty for the server.</param>
/// <param name="checks">The names of the checks; empty for all.</param>
internal sealed class HealthPublication(string service, IReadOnlyCollection<string> checks)
{
    /// <summary>Sets the status that follows from a report.</summary>
    public void Apply(HealthReport report, RpcHealth health)
    {
        bool serving = checks.Count == 0
            ? report.Entries.Values.All(static entry => IsGood(entry) || entry.Tags.Contains(RpcServerHealthCheck.Tag))
            : checks.All(check => report.Entries.TryGetValue(check, out HealthReportEntry entry) && IsGood(entry));
        health.SetStatus(service, serving ? ServingStatus.Serving : ServingStatus.NotServing);
    }

    /// <summary>Degraded is slow or short of something, and still answers.</summary>
    private static bool IsGood(HealthReportEntry entry) => entry.Status != HealthStatus.Unhealthy;
}
