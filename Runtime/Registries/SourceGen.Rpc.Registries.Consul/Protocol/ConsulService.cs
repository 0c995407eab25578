using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Consul.Protocol;

/// <summary>
/// A service of an agent, which is what Consul calls one node of a service (https://developer.hashicorp.com/consul/api-docs/agent/service).
/// </summary>
/// <param name="Id">What tells it from every other service of its agent.</param>
/// <param name="Name">The service's name.</param>
internal sealed record ConsulService(string Id, string Name)
{
    public ImmutableArray<string> Tags { get; init; } = [];

    public ServiceMetadata Meta { get; init; } = ServiceMetadata.Empty;

    /// <summary>The host; empty for the agent's own.</summary>
    public string Address { get; init; } = "";

    public int Port { get; init; }

    /// <summary>The check that a program must pass again and again for the service to be found.</summary>
    public string CheckId => $"service:{Id}";

    /// <summary>Reads what an agent or the catalog says.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static ConsulService Read(JsonElement element) => new(ConsulJson.GetText(element, "ID"), ConsulJson.GetText(element, "Service"))
    {
        Tags = [.. ConsulJson.GetTexts(element, "Tags")],
        Meta = ServiceMetadata.Create(ConsulJson.GetPairs(element, "Meta")),
        Address = ConsulJson.GetText(element, "Address"),
        Port = ConsulJson.GetNumber(element, "Port"),
    };

    /// <summary>What registers it.</summary>
    /// <param name="timeToLive">The time within which its check must be passed again; null for a service without a check.</param>
    public byte[] ToJson(TimeSpan? timeToLive)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("ID", Id);
            writer.WriteString("Name", Name);
            writer.WriteStartArray("Tags");
            foreach (string tag in Tags) writer.WriteStringValue(tag);
            writer.WriteEndArray();
            writer.WriteStartObject("Meta");
            foreach ((string name, string value) in Meta) writer.WriteString(name, value);
            writer.WriteEndObject();
            writer.WriteString("Address", Address);
            writer.WriteNumber("Port", Port);
            if (timeToLive is { } time)
            {
                writer.WriteStartObject("Check");
                writer.WriteString("CheckID", CheckId);
                writer.WriteString("TTL", Milliseconds(time));
                writer.WriteString("Status", "passing");
                writer.WriteString("DeregisterCriticalServiceAfter", Milliseconds(RemovedAfter(time)));
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>
    /// How long a service whose check is not passed stays, unseen: Consul takes a minute at least, and looks every 30 seconds.
    /// </summary>
    public static TimeSpan RemovedAfter(TimeSpan timeToLive)
    {
        TimeSpan after = timeToLive + TimeSpan.FromSeconds(5);
        return after < TimeSpan.FromSeconds(65) ? TimeSpan.FromSeconds(65) : after;
    }

    /// <summary>Whether both say the same.</summary>
    public bool Matches(ConsulService other) =>
        Id == other.Id
        && Name == other.Name
        && Address == other.Address
        && Port == other.Port
        && Tags.Order(StringComparer.Ordinal).SequenceEqual(other.Tags.Order(StringComparer.Ordinal))
        && Meta.Equals(other.Meta);

    private static string Milliseconds(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{(long)Math.Ceiling(time.TotalMilliseconds)}ms");
}
