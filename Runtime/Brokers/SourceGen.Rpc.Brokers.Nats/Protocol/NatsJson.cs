using System.Text.Json.Serialization;
using SourceGen.Rpc.Brokers.Nats.JetStream;

namespace SourceGen.Rpc.Brokers.Nats.Protocol;

/// <summary>Reads and writes NATS's JSON without reflection.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NatsServerInfo))]
[JsonSerializable(typeof(NatsConnectRequest))]
[JsonSerializable(typeof(PubAck))]
[JsonSerializable(typeof(ApiAnswer))]
[JsonSerializable(typeof(StreamNamesRequest))]
[JsonSerializable(typeof(StreamNamesAnswer))]
[JsonSerializable(typeof(StreamConfig))]
[JsonSerializable(typeof(StreamAnswer))]
[JsonSerializable(typeof(ConsumerRequest))]
[JsonSerializable(typeof(ConsumerAnswer))]
[JsonSerializable(typeof(PullRequest))]
internal sealed partial class NatsJson : JsonSerializerContext;
