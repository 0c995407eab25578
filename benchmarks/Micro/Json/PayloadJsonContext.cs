using System.Text.Json.Serialization;

namespace SourceGen.Rpc.Benchmarks.Micro;

/// <summary>The rival: System.Text.Json with generated metadata for the same types.</summary>
[JsonSerializable(typeof(Person))]
[JsonSerializable(typeof(List<Position>))]
[JsonSerializable(typeof(Order))]
internal sealed partial class PayloadJsonContext : JsonSerializerContext;
