using System.Text.Json.Serialization;
using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.Codec.Tests.Support;

/// <summary>The arguments of <c>Add(int a, Note? note, string label = "none")</c>, in the style of the generated structs.</summary>
internal struct AddRequest
{
    public int A;
    public Note? Note;
    public string? Label;

    public static TypeShape<AddRequest> Shape { get; } = new(
        (ref w, in v) =>
        {
            w.WriteArrayHeader(3);
            w.Write(v.A);
            Note.Shape.Write(ref w, in v.Note);
            w.Write(v.Label);
        },
        (ref r) =>
        {
            AddRequest request = new() { Label = "none" };
            int count = r.ReadArrayHeader();
            if (count < 2) throw new RpcSerializationException("An argument is missing.");
            request.A = r.ReadInt32();
            request.Note = Note.Shape.Read(ref r);
            if (count > 2) request.Label = r.ReadString();
            for (int i = 3; i < count; i++) r.Skip();
            return request;
        })
    {
        Initial = new AddRequest { Label = "none" },
        Parameters =
        [
            new RequestMember<AddRequest, int>("a", false, Shapes.Int32, (in r) => r.A, (ref r, v) => r.A = v),
            new RequestMember<AddRequest, Note?>("note", false, Note.Shape, (in r) => r.Note, (ref r, v) => r.Note = v),
            new RequestMember<AddRequest, string?>("label", true, Shapes.String, (in r) => r.Label, (ref r, v) => r.Label = v),
        ],
    };
}

/// <summary>A type whose constructor refuses some values.</summary>
internal sealed record Note
{
    public Note(string text, double weight)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(weight);
        Text = text;
        Weight = weight;
    }

    public static TypeShape<Note?> Shape { get; } = new(
        (ref w, in v) =>
        {
            if (v is null)
            {
                w.WriteNil();
                return;
            }

            w.WriteArrayHeader(2);
            w.Write(v.Text);
            w.Write(v.Weight);
        },
        (ref r) =>
        {
            if (r.TryReadNil()) return null;
            r.ReadArrayHeader();
            return new Note(r.ReadString()!, r.ReadDouble());
        });

    public string Text { get; }

    public double Weight { get; }
}

/// <summary>Refers to itself, for the depth limit.</summary>
internal sealed class Loop
{
    public Loop? Next { get; set; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(double))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(Note))]
[JsonSerializable(typeof(Loop))]
[JsonSerializable(typeof(List<int>))]
internal sealed partial class TestJson : JsonSerializerContext;
