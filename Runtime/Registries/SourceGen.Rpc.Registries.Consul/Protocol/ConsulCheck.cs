using System.Text.Json;

namespace SourceGen.Rpc.Registries.Consul.Protocol;

/// <summary>A check that is not passed: of a service, or of a whole agent.</summary>
/// <param name="Agent">The agent's name.</param>
/// <param name="CheckId">The check.</param>
/// <param name="Service">The service's name; empty for a check of the agent, on which all its services depend.</param>
internal sealed record ConsulCheck(string Agent, string CheckId, string Service)
{
    /// <exception cref="FormatException">It is something else.</exception>
    public static ConsulCheck Read(JsonElement element) =>
        new(ConsulJson.GetText(element, "Node"), ConsulJson.GetText(element, "CheckID"), ConsulJson.GetText(element, "ServiceName"));
}
