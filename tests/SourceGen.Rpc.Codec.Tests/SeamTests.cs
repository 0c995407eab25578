using System.Buffers;
using System.Text;
using System.Text.Json.Serialization;
using SourceGen.Rpc.Codec.Tests.Support;
using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.Codec.Tests;

/// <summary>The same generated contract on both codecs: what one codec reads, the other writes.</summary>
public sealed class SeamTests
{
    private const string Parcel = """{"Name":"crate","Price":12.50,"At":"2024-02-29T12:34:56+02:00","Content":"AQI="}""";

    private static readonly JsonCodec _json = new(SeamJson.Default);

    [Theory]
    [InlineData("""[PARCEL,{"a":1,"b":-2},"l",5]""", """[PARCEL,{"a":1,"b":-2},"l",5]""")]
    [InlineData("""[null,{}]""", """[null,{},"none",7]""")]
    [InlineData("""[null,{},null,null,"more"]""", """[null,{},null,null]""")]
    public void Request_GoesFromJsonThroughMessagePackAndBack(string json, string expected) => Assert.Equal(
        expected.Replace("PARCEL", Parcel, StringComparison.Ordinal),
        Through(new RequestRoundTrip(json.Replace("PARCEL", Parcel, StringComparison.Ordinal))));

    [Fact]
    public void Response_GoesFromJsonThroughMessagePackAndBack() =>
        Assert.Equal($"[{Parcel},{Parcel}]", Through(new ResponseRoundTrip($"[{Parcel},{Parcel}]")));

    [Fact]
    public void Request_MissingArgument_IsNamedByBoth()
    {
        Assert.Contains(
            "'counts'",
            Assert.Throws<RpcSerializationException>(() => Through(new RequestRoundTrip("[null]"))).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "counts",
            Assert.Throws<RpcSerializationException>(() => Through(new MessagePackRequest("91c0"))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherCodec_AsTheDocumentationWritesIt_Works()
    {
        ISerializer<int> serializer = new TaggedCodec(0xda).GetSerializer(Shapes.Int32);
        ArrayBufferWriter<byte> output = new();
        serializer.Serialize(output, 300);
        Assert.Equal("dacd012c", WireBytes.Hex(output.WrittenSpan.ToArray()));
        Assert.Equal(300, serializer.Deserialize(Segments.SplitAt(output.WrittenSpan.ToArray(), 0, 0, 2)));
        Assert.Throws<RpcSerializationException>(() => serializer.Deserialize(new ReadOnlySequence<byte>([0x05])));
        Assert.Throws<RpcSerializationException>(() => serializer.Deserialize(default));

        string source = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Docs", "TaggedCodec.cs"));
        string example = source[source.IndexOf("public sealed class", StringComparison.Ordinal)..];
        string indented = string.Join('\n', example.TrimEnd().Split('\n').Select(line => line.Length == 0 ? "" : $"    {line}"));
        Assert.Contains(indented, File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Docs", "codec.md")), StringComparison.Ordinal);
    }

    private static string Through(Trip trip)
    {
        Assert.Single(ContractOf<ISeam>().Methods.ToArray()).Accept(trip);
        return trip.Result;
    }

    private static RpcContract<TService> ContractOf<TService>()
        where TService : class, IRpcContract<TService> => TService.Contract;

    private abstract class Trip : IRpcMethodVisitor<ISeam>
    {
        public string Result { get; protected set; } = "";

        public abstract void VisitUnary<TRequest, TResponse>(UnaryMethod<ISeam, TRequest, TResponse> method)
            where TRequest : struct;

        public void VisitAction<TRequest>(ActionMethod<ISeam, TRequest> method)
            where TRequest : struct => throw new InvalidOperationException($"{method.Name} has no result.");

        protected static string RoundTrip<T>(TypeShape<T> shape, string json)
        {
            T value = _json.GetSerializer(shape).Deserialize(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(json)));
            ArrayBufferWriter<byte> output = new();
            _json.GetSerializer(shape).Serialize(output, WireBytes.Decode(shape, WireBytes.Encode(shape, value)));
            return Encoding.UTF8.GetString(output.WrittenSpan);
        }
    }

    private sealed class RequestRoundTrip(string json) : Trip
    {
        public override void VisitUnary<TRequest, TResponse>(UnaryMethod<ISeam, TRequest, TResponse> method) =>
            Result = RoundTrip(method.RequestShape, json);
    }

    private sealed class ResponseRoundTrip(string json) : Trip
    {
        public override void VisitUnary<TRequest, TResponse>(UnaryMethod<ISeam, TRequest, TResponse> method) =>
            Result = RoundTrip(method.ResponseShape, json);
    }

    private sealed class MessagePackRequest(string hex) : Trip
    {
        public override void VisitUnary<TRequest, TResponse>(UnaryMethod<ISeam, TRequest, TResponse> method) =>
            Result = $"{WireBytes.Decode(method.RequestShape, WireBytes.Hex(hex))}";
    }
}

[JsonSourceGenerationOptions]
[JsonSerializable(typeof(Parcel))]
[JsonSerializable(typeof(List<Parcel>))]
[JsonSerializable(typeof(Dictionary<string, int>))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(int?))]
internal sealed partial class SeamJson : JsonSerializerContext;
