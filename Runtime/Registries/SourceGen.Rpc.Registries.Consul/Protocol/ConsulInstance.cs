using System.Text.Json;

namespace SourceGen.Rpc.Registries.Consul.Protocol;

/// <summary>A service with where its agent runs.</summary>
/// <param name="Service">The service.</param>
/// <param name="AgentAddress">The agent's host, which is the service's own when that names none.</param>
internal sealed record ConsulInstance(ConsulService Service, string AgentAddress)
{
    /// <exception cref="FormatException">It is something else.</exception>
    public static ConsulInstance Read(JsonElement element) => new(
        ConsulService.Read(ConsulJson.GetObject(element, "Service")),
        ConsulJson.GetText(ConsulJson.GetObject(element, "Node"), "Address"));
}
