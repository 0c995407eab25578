using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.Tests.Contracts;

/// <summary>Makes valid schemas at random, with types that refer to each other and to themselves.</summary>
internal static class RandomSchema
{
    private static readonly string[] Scalars =
    [
        "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64", "char", "string", "bytes",
        "decimal", "guid", "datetime", "datetimeoffset", "timespan", "float16", "int128", "uint128", "bigint", "date", "time", "uri",
        "version", "index", "range", "rune",
    ];

    private static readonly string[] Names =
        ["A", "b", "_c", "größe", "with space", "quo\"te", "back\\slash", "1digit", "ünï.dot", "日本", ""];

    public static ContractSchema Make(Random random)
    {
        var types = new List<SchemaDefinition>();
        string[] typeNames = Pick(random);
        foreach (string name in typeNames)
        {
            types.Add(random.Next(5) switch
            {
                0 => new SchemaEnum(name, Scalars[random.Next(1, 9)], MakeValues(random)),
                1 => MakeUnion(random, name, typeNames),
                _ => MakeObject(random, name, typeNames),
            });
        }

        SchemaMethod[] methods =
        [
            .. Pick(random).Order(StringComparer.Ordinal).Select(name =>
            {
                var reply = (SchemaReply)random.Next(3);
                SchemaParameter[] parameters = Array.ConvertAll(
                    Pick(random), parameter => new SchemaParameter(parameter, MakeType(random, typeNames, 0), random.Next(2) == 0));
                return new SchemaMethod(name, parameters, reply, reply == SchemaReply.Value ? MakeType(random, typeNames, 0) : null)
                {
                    Throws = [.. typeNames.Where(_ => random.Next(4) == 0)],
                };
            }),
        ];
        return new ContractSchema(Names[random.Next(Names.Length)], methods, [.. types]);
    }

    private static (string Name, Int128 Value)[] MakeValues(Random random) =>
        Array.ConvertAll(Pick(random), name => (name, (Int128)random.NextInt64(long.MinValue, long.MaxValue)));

    private static SchemaUnion MakeUnion(Random random, string name, string[] typeNames)
    {
        IEnumerable<int> tags = new[] { int.MinValue, -1, 0, 1, 200, int.MaxValue }.Where(_ => random.Next(2) == 0);
        return new SchemaUnion(
            name, random.Next(2) == 0, [.. tags.Select(tag => new SchemaCase(tag, MakeType(random, typeNames, 0)))]);
    }

    private static SchemaObject MakeObject(Random random, string name, string[] typeNames)
    {
        bool isArray = random.Next(2) == 0;
        IEnumerable<string> keys = isArray
            ? Enumerable.Range(0, 6).Where(_ => random.Next(2) == 0).Select(index => $"{index}")
            : Pick(random);
        return new SchemaObject(name, isArray, [.. keys.Select(key => new SchemaMember(key, MakeType(random, typeNames, 0)))]);
    }

    private static SchemaType MakeType(Random random, string[] typeNames, int depth)
    {
        bool nullable = random.Next(3) == 0;
        SchemaType Part() => MakeType(random, typeNames, depth + 1);
        switch (depth > 4 ? 10 : random.Next(11))
        {
            case 0: return new SchemaType(SchemaKind.List, "list", [Part()], nullable);
            case 1: return new SchemaType(SchemaKind.Map, "map", [Part(), Part()], nullable);
            case 2: return new SchemaType(SchemaKind.Tuple, "tuple", [Part(), Part(), Part()], nullable);
            case 3: return new SchemaType(SchemaKind.Opaque, Names[random.Next(Names.Length)], [], nullable);
            case < 7 when typeNames.Length > 0:
                return new SchemaType(SchemaKind.Named, typeNames[random.Next(typeNames.Length)], [], nullable);
            default:
                string word = Scalars[random.Next(Scalars.Length)];
                Assert.True(SchemaType.TryGetScalar(word, out SchemaKind kind));
                return new SchemaType(kind, word, [], nullable);
        }
    }

    private static string[] Pick(Random random) => [.. Names.Where(_ => random.Next(3) == 0)];
}
