using System.Buffers;
using System.Text;
using System.Text.Json;
using SourceGen.Rpc.Codec.Tests.Support;
using SourceGen.Rpc.Contracts;
using SourceGen.Rpc.Dynamic.Transcoding;
using SourceGen.Rpc.MessagePack;
using SourceGen.Rpc.Tests.Contracts;

namespace SourceGen.Rpc.BuiltIn.Tests.Dynamic;

/// <summary>Random values of random types come back; random and damaged input is a value or an error. The seeds are fixed.</summary>
public sealed class TranscodingPropertyTests
{
    private const int MaxSize = 1 << 20;

    [Fact]
    public void Random_values_of_random_schemas_come_back_letter_by_letter()
    {
        Random random = new(20_261_121);
        int compared = 0;
        for (int round = 0; round < 3_000; round++)
        {
            ContractSchema schema = RandomSchema.Make(random);
            foreach (SchemaType type in TypesOf(schema))
            {
                if (HasKeysThatMayBeNull(schema) || new RandomJson(schema, random).TryMake(type) is not { } json) continue;
                ReadOnlyMemory<byte> messagePack = ToMessagePack(schema, type, json);
                Assert.Equal(Encoding.UTF8.GetString(json), Encoding.UTF8.GetString(ToJson(schema, type, messagePack).Span));
                compared++;
            }
        }

        Assert.InRange(compared, 2_000, int.MaxValue);
    }

    [Fact]
    public void Random_and_damaged_MessagePack_is_JSON_or_an_error()
    {
        Random random = new(47_110_815);
        int values = 0;
        int errors = 0;
        for (int round = 0; round < 1_500; round++)
        {
            ContractSchema schema = RandomSchema.Make(random);
            foreach (SchemaType type in TypesOf(schema))
            {
                byte[] data = new byte[random.Next(1, 48)];
                random.NextBytes(data);
                if (!HasKeysThatMayBeNull(schema) && random.Next(4) > 0 && new RandomJson(schema, random).TryMake(type) is { } json)
                {
                    data = Damage.Randomly(ToMessagePack(schema, type, json).ToArray(), random);
                }

                try
                {
                    using JsonDocument document =
                        JsonDocument.Parse(ToJson(schema, type, data), new JsonDocumentOptions { MaxDepth = 320 });
                    values++;
                }
                catch (RpcSerializationException)
                {
                    errors++;
                }
            }
        }

        Assert.InRange(values, 200, int.MaxValue);
        Assert.InRange(errors, 500, int.MaxValue);
    }

    [Fact]
    public void Random_and_damaged_JSON_is_MessagePack_that_can_be_read_or_an_error()
    {
        Random random = new(19_890_109);
        int values = 0;
        int errors = 0;
        for (int round = 0; round < 2_000; round++)
        {
            ContractSchema schema = RandomSchema.Make(random);
            foreach (SchemaType type in TypesOf(schema))
            {
                byte[] json = Encoding.UTF8.GetBytes(Nonsense(random, 0));
                if (random.Next(4) > 0 && new RandomJson(schema, random).TryMake(type) is { } valid) json = DamageText(valid, random);
                try
                {
                    ToJson(schema, type, ToMessagePack(schema, type, json));
                    values++;
                }
                catch (Exception e) when (e is JsonException or TranscodingException)
                {
                    errors++;
                }
            }
        }

        Assert.InRange(values, 500, int.MaxValue);
        Assert.InRange(errors, 1_000, int.MaxValue);
    }

    [Fact]
    public void What_nests_too_deep_is_an_error_in_both_directions()
    {
        ContractSchema schema = ContractSchema.Parse("service \"S\"\nobject \"N\" array { 0: \"N\"? }\n");
        SchemaType type = new(SchemaKind.Named, "N", [], IsNullable: false);
        ToMessagePack(schema, type, Encoding.UTF8.GetBytes(new string('[', 128) + new string(']', 128)));
        Assert.Throws<RpcSerializationException>(
            () => ToMessagePack(schema, type, Encoding.UTF8.GetBytes(new string('[', 129) + new string(']', 129))));
        Assert.Throws<RpcSerializationException>(() =>
            ToJson(schema, type, Enumerable.Repeat((byte)0x91, 100_000).Append((byte)0xC0).ToArray()));
    }

    [Fact]
    public void What_grows_too_large_is_an_error_before_memory_is_used_for_it()
    {
        // A name of 10,000 characters for each byte.
        ContractSchema schema = ContractSchema.Parse($"service \"S\"\nenum \"E\" uint8 {{ {new string('x', 10_000)} = 0 }}\n");
        SchemaType type = new(SchemaKind.List, "list", [new SchemaType(SchemaKind.Named, "E", [], IsNullable: false)], IsNullable: false);
        byte[] data = [0xDC, 0x40, 0x00, .. new byte[0x4000]];
        RpcSerializationException error = Assert.Throws<RpcSerializationException>(() => ToJson(schema, type, data));
        Assert.Contains("takes more than 1,048,576 bytes", error.Message, StringComparison.Ordinal);

        // An element of two bytes for each index that the schema leaves out.
        schema = ContractSchema.Parse("service \"S\"\nobject \"W\" array { 60000: int32? }\nobject \"X\" array { 2000000000: int32? }\n");
        type = new(SchemaKind.List, "list", [new SchemaType(SchemaKind.Named, "W", [], IsNullable: false)], IsNullable: false);
        error = Assert.Throws<RpcSerializationException>(
            () => ToMessagePack(schema, type, Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat("[]", 1000))}]")));
        Assert.Contains("takes more than 1,048,576 bytes", error.Message, StringComparison.Ordinal);
        TranscodingException wide = Assert.Throws<TranscodingException>(
            () => ToMessagePack(schema, new SchemaType(SchemaKind.Named, "X", [], IsNullable: false), "[]"u8.ToArray()));
        Assert.Contains("too far apart", wide.Message, StringComparison.Ordinal);
    }

    internal static ReadOnlyMemory<byte> ToMessagePack(ContractSchema schema, SchemaType type, byte[] json)
    {
        using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 320 });
        return new JsonToMessagePack(schema, allowMissing: false, new BoundedBuffer(MaxSize)).WriteValue(type, document.RootElement);
    }

    internal static ReadOnlyMemory<byte> ToJson(ContractSchema schema, SchemaType type, ReadOnlyMemory<byte> messagePack)
    {
        MessagePackReader reader = new(new ReadOnlySequence<byte>(messagePack));
        return new MessagePackToJson(schema, type, MaxSize).Read(ref reader);
    }

    private static IEnumerable<SchemaType> TypesOf(ContractSchema schema) => schema.Methods
        .SelectMany(method => method.Parameters.Select(parameter => parameter.Type).Append(method.Result))
        .OfType<SchemaType>();

    /// <summary>No contract has such keys; a value of them would not come back, as null is not their name.</summary>
    private static bool HasKeysThatMayBeNull(ContractSchema schema) => schema.ToString().Contains("map<", StringComparison.Ordinal)
        && TypesOf(schema).Concat(schema.Types.Values.OfType<SchemaObject>().SelectMany(definition =>
            definition.Members.Select(member => member.Type)))
            .Concat(schema.Types.Values.OfType<SchemaUnion>().SelectMany(definition => definition.Cases.Select(@case => @case.Type)))
            .Any(MayHoldNullKey);

    private static bool MayHoldNullKey(SchemaType type) =>
        (type.Kind == SchemaKind.Map && type.Arguments[0].IsNullable) || type.Arguments.Any(MayHoldNullKey);

    private static byte[] DamageText(byte[] json, Random random)
    {
        List<byte> text = [.. json];
        for (int changes = random.Next(3); changes > 0 && text.Count > 0; changes--)
        {
            int at = random.Next(text.Count);
            switch (random.Next(4))
            {
                case 0: text[at] = (byte)random.Next(256); break;
                case 1: text.InsertRange(at, Encoding.UTF8.GetBytes(Nonsense(random, 3))); break;
                case 2: text[at] = (byte)"0123456789-.eE\"[]{}:,"[random.Next(21)]; break;
                default: text.RemoveAt(at); break;
            }
        }

        return [.. text];
    }

    private static string Nonsense(Random random, int depth) => (depth > 3 ? random.Next(10) : random.Next(12)) switch
    {
        0 => "null",
        1 => "true",
        2 => $"{random.NextInt64(long.MinValue, long.MaxValue)}",
        3 => "1e400",
        4 => "-0.5",
        5 => "\"\\ud800\"",
        6 => "\"2024-02-29T12:34:56+01:00\"",
        7 => "123456789012345678901234567890",
        8 => "\"\"",
        9 => "\"9999-12-31T23:59:59.9999999-14:00\"",
        10 => $"[{string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => Nonsense(random, depth + 1)))}]",
        _ => $$"""{"A":{{Nonsense(random, depth + 1)}},"\udc00":1}""",
    };
}
