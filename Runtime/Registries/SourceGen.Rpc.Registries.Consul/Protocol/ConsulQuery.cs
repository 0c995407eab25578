using System.Globalization;

namespace SourceGen.Rpc.Registries.Consul.Protocol;

/// <summary>
/// How a query is asked: at once and of any agent, or as a blocking query
/// (https://developer.hashicorp.com/consul/api-docs/features/blocking):
/// of one agent, which answers when something is newer than an index, or the time is over.
/// </summary>
/// <param name="Endpoint">The number of the agent; null for any.</param>
/// <param name="Index">The index; 0 for an answer at once.</param>
/// <param name="Wait">How long the agent may wait; it adds up to a sixteenth.</param>
internal readonly record struct ConsulQuery(int? Endpoint = null, ulong Index = 0, TimeSpan Wait = default)
{
    public string ToParameters() => Index == 0
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $"&index={Index}&wait={(long)Math.Max(1, Wait.TotalMilliseconds)}ms");
}
