using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using SourceGen.Rpc.Codec.Tests.Support;
using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.Codec.Tests;

/// <summary>The seam is real: the shapes that MessagePack uses serve JSON too, through the user's own JsonSerializerContext.</summary>
public sealed class JsonCodecTests
{
    private static readonly JsonCodec _codec = new(TestJson.Default);

    [Fact]
    public void Name_IsJson() => Assert.Equal("json", _codec.Name);

    [Fact]
    public void Value_FollowsTheContextsOptions()
    {
        Assert.Equal("""{"text":"hi","weight":1.5}""", Encode(Note.Shape, new Note("hi", 1.5)));
        Assert.Equal(new Note("hi", 1.5), Decode(Note.Shape, """ {"weight":1.5,"text":"hi","more":[1]} """));
        Assert.Null(Decode(Note.Shape, "null"));
        Assert.Equal([1, 2], Decode(Shapes.List(Shapes.Int32), "[1,2]"));
    }

    [Fact]
    public void Request_IsAnArrayOfItsArguments()
    {
        string json = Encode(AddRequest.Shape, new AddRequest { A = -3, Note = new("t", 2), Label = "l" });
        Assert.Equal("""[-3,{"text":"t","weight":2},"l"]""", json);
        AddRequest read = Decode(AddRequest.Shape, json);
        Assert.Equal((-3, new Note("t", 2), "l"), (read.A, read.Note, read.Label));
    }

    [Fact]
    public void Request_SplitAnywhere_SameValue()
    {
        byte[] json = Encoding.UTF8.GetBytes(""" [ -3 , {"text":"größe","weight":2.5e0} ,"l", [ {"x":"]"} ] ] """);
        for (int i = 0; i <= json.Length; i++) AssertReads(Segments.SplitAt(json, i, i));
        AssertReads(Segments.ByteByByte(json));

        static void AssertReads(in ReadOnlySequence<byte> data)
        {
            AddRequest read = _codec.GetSerializer(AddRequest.Shape).Deserialize(data);
            Assert.Equal((-3, new Note("größe", 2.5), "l"), (read.A, read.Note, read.Label));
        }
    }

    [Fact]
    public void Request_MissingArguments_TakeTheirDefaultsOrAreNamed()
    {
        Assert.Equal("none", Decode(AddRequest.Shape, "[1,null]").Label);
        Assert.Null(Decode(AddRequest.Shape, "[1,null,null]").Label);
        Assert.Equal(
            "Argument 2 'note' is missing: the request has 1 arguments, and the parameter has no default value.",
            Error(AddRequest.Shape, "[1]").Message);
    }

    [Fact]
    public void Request_MoreArgumentsThanKnown_AreIgnored() =>
        Assert.Equal("l", Decode(AddRequest.Shape, """[1,null,"l",{"a":[]},5]""").Label);

    [Theory]
    [InlineData("""["x",null]""", "Argument 1 'a': The data is not a JSON value of type System.Int32")]
    [InlineData("""[1,5]""", "Argument 2 'note': The data is not a JSON value of type")]
    [InlineData(
        """[1,{"text":"t","weight":-1}]""",
        "Argument 2 'note': A value of type SourceGen.Rpc.Codec.Tests.Support.Note could not be created")]
    [InlineData("""{"a":1}""", "Expected a JSON array of arguments but found StartObject")]
    [InlineData("", "The data is not a JSON array of arguments")]
    [InlineData("[1,null] 5", "The data is not a JSON array of arguments")]
    [InlineData("[1,null", "The data is not a JSON array of arguments")]
    [InlineData("[1,null,]", "The data is not a JSON array of arguments")]
    [InlineData("[1,nul]", "The data is not a JSON array of arguments")]
    public void Request_Wrong_IsAnErrorThatSaysWhich(string json, string expected) =>
        Assert.StartsWith(expected, Error(AddRequest.Shape, json).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("1 2")]
    [InlineData("1]")]
    [InlineData("\"1\"")]
    [InlineData("1.5")]
    [InlineData("99999999999")]
    [InlineData("null")]
    [InlineData("tru")]
    [InlineData("/**/1")]
    public void Value_NotAnInt_IsAnError(string json) => Error(Shapes.Int32, json);

    [Fact]
    public void C16_HostileRequest_TruncatedOrDeep_IsAnError()
    {
        byte[] valid = Encoding.UTF8.GetBytes("""[-3,{"text":"t","weight":2},"l",[1]]""");
        for (int i = 0; i < valid.Length; i++)
        {
            byte[] part = valid[..i];
            Assert.Throws<RpcSerializationException>(() => _codec.GetSerializer(AddRequest.Shape).Deserialize(new(part)));
        }

        Error(AddRequest.Shape, "[1,null,\"l\"," + new string('[', 100_000));
        Error(AddRequest.Shape, new string('[', 100_000));
        Assert.Throws<RpcSerializationException>(() => _codec.GetSerializer(AddRequest.Shape).Deserialize(new([(byte)'[', 0xff])));
    }

    [Fact]
    public void C16_RandomBytes_AreAValueOrAnError()
    {
        Random random = new(11_235_813);
        byte[] alphabet = "[]{},:\"0123null truefalse\\eE+-."u8.ToArray();
        int errors = 0;
        for (int round = 0; round < 3_000; round++)
        {
            byte[] data = [.. Enumerable.Range(0, random.Next(40)).Select(_ => alphabet[random.Next(alphabet.Length)])];
            if (random.Next(2) == 0) data = [.. "[1,"u8, .. data, (byte)']'];
            try
            {
                _codec.GetSerializer(AddRequest.Shape).Deserialize(new(data));
            }
            catch (RpcSerializationException)
            {
                errors++;
            }
        }

        Assert.InRange(errors, 2_000, 3_000);
    }

    [Fact]
    public void Value_ThatJsonCannotHold_IsAnError()
    {
        Assert.Contains("cannot be written as JSON", EncodeError(Shapes.Double, double.NaN).Message, StringComparison.Ordinal);
        Loop loop = new();
        loop.Next = loop;
        TypeShape<Loop> shape = new((ref _, in _) => { }, (ref _) => new Loop());
        Assert.Contains("cannot be written as JSON", EncodeError(shape, loop).Message, StringComparison.Ordinal);

        // The thread's writer is fit for use again.
        Assert.Equal("5", Encode(Shapes.Int32, 5));
        RpcSerializationException named = EncodeError(AddRequest.Shape, new AddRequest { Note = new("t", double.PositiveInfinity) });
        Assert.StartsWith("Argument 2 'note': ", named.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GetSerializer_TypeTheContextLacks_NamesTheAttributeToAdd()
    {
        Assert.Equal(
            "The JSON codec cannot serialize System.Guid. Add [JsonSerializable(typeof(System.Guid))] to TestJson.", Refusal(Shapes.Guid));
        Assert.Contains(
            "typeof(System.Int64?[][])", Refusal(Shapes.Array(Shapes.Array(Shapes.Nullable(Shapes.Int64)))), StringComparison.Ordinal);
        Assert.Contains(
            "typeof(System.Collections.Generic.Dictionary<System.Int32, SourceGen.Rpc.Codec.Tests.Support.Person>)",
            Refusal(Shapes.Map(Shapes.Int32, Person.Shape)),
            StringComparison.Ordinal);
        Assert.Contains(
            "typeof(SourceGen.Rpc.Codec.Tests.JsonCodecTests.Outer<System.Byte>.Inner<System.Int32, System.String[]>)",
            Refusal(new TypeShape<Outer<byte>.Inner<int, string[]>>((ref _, in _) => { }, (ref _) => new())),
            StringComparison.Ordinal);

        static string Refusal<T>(TypeShape<T> shape) => Assert.Throws<NotSupportedException>(() => _codec.GetSerializer(shape)).Message;
    }

    [Fact]
    public void GetSerializer_ParameterTheContextLacks_IsRefusedWhenTheRequestIsBound()
    {
        TypeShape<int> request = new((ref _, in _) => { }, (ref _) => 0)
        {
            Parameters = [new RequestMember<int, Guid>("id", false, Shapes.Guid, (in _) => default, (ref _, _) => { })],
        };
        Assert.Contains(
            "[JsonSerializable(typeof(System.Guid))]",
            Assert.Throws<NotSupportedException>(() => _codec.GetSerializer(request)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Ctor_OptionsWithoutResolver_AreRefused()
    {
        Assert.Contains(
            "TypeInfoResolver",
            Assert.Throws<ArgumentException>(() => new JsonCodec(new JsonSerializerOptions())).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => new JsonCodec((JsonSerializerContext)null!));
        Assert.Throws<ArgumentNullException>(() => new JsonCodec((JsonSerializerOptions)null!));
    }

    [Fact]
    public void Ctor_Options_DecideTheForm()
    {
        JsonCodec codec = new(new JsonSerializerOptions
        {
            TypeInfoResolver = TestJson.Default,
            AllowTrailingCommas = true,
            ReadCommentHandling = JsonCommentHandling.Skip,
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        });
        ArrayBufferWriter<byte> output = new();
        codec.GetSerializer(Note.Shape).Serialize(output, new Note("hi", double.PositiveInfinity));
        Assert.Equal("""{"Text":"hi","Weight":"Infinity"}""", Encoding.UTF8.GetString(output.WrittenSpan));
        byte[] lenient = Encoding.UTF8.GetBytes("""[1, /* none */ null, "l",]""");
        Assert.Equal("l", codec.GetSerializer(AddRequest.Shape).Deserialize(new(lenient)).Label);
    }

    [Fact]
    public void Serialize_AllocatesNothing_WhenTheWriterIsReused()
    {
        ISerializer<AddRequest> serializer = _codec.GetSerializer(AddRequest.Shape);
        ArrayBufferWriter<byte> output = new(4096);
        AddRequest request = new() { A = 5, Note = new("t", 1), Label = "l" };
        Round();
        Round();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) Round();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Round()
        {
            output.ResetWrittenCount();
            serializer.Serialize(output, request);
        }
    }

    private static string Encode<T>(TypeShape<T> shape, T value)
    {
        ArrayBufferWriter<byte> output = new();
        _codec.GetSerializer(shape).Serialize(output, value);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static RpcSerializationException EncodeError<T>(TypeShape<T> shape, T value) =>
        Assert.Throws<RpcSerializationException>(() => Encode(shape, value));

    private static T Decode<T>(TypeShape<T> shape, string json) =>
        _codec.GetSerializer(shape).Deserialize(new(Encoding.UTF8.GetBytes(json)));

    private static RpcSerializationException Error<T>(TypeShape<T> shape, string json) =>
        Assert.Throws<RpcSerializationException>(() => Decode(shape, json));

    internal sealed class Outer<TOuter>
    {
        public TOuter? Value { get; set; }

        internal sealed class Inner<TFirst, TSecond>
        {
            public TFirst? First { get; set; }

            public TSecond? Second { get; set; }
        }
    }
}
