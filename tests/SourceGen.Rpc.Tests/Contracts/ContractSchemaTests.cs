using System.Text;
using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.Tests.Contracts;

public sealed class ContractSchemaTests
{
    private const string Example = """
        service "Shop.Greeter"
        method Add(a: int32, b: int32) -> int32
        method Greet(person: "Shop.Person", times: int32 = default) -> list<"Shop.Greeting"?>
        method Log(line: string?) -> oneway
        method Reset() -> void
        object "Shop.Greeting" map { Text: string; At: datetimeoffset }
        object "Shop.Person" array { 0: string; 1: "Shop.Color"; 3: int32? }
        object "Shop.Nothing" map { }
        enum "Shop.Color" uint8 { Red = 0; Green = 1 }

        """;

    [Fact]
    public void TheExampleIsReadInFull()
    {
        ContractSchema schema = ContractSchema.Parse(Example);
        Assert.Equal("Shop.Greeter", schema.Service);
        Assert.Equal(["Add", "Greet", "Log", "Reset"], schema.Methods.Select(method => method.Name));
        Assert.Equal(
            [SchemaReply.Value, SchemaReply.Value, SchemaReply.OneWay, SchemaReply.Void], schema.Methods.Select(method => method.Reply));
        Assert.True(schema.Methods[1].Parameters[1].HasDefault);
        Assert.Equal(["0", "1", "3"], ((SchemaObject)schema.Types["Shop.Person"]).Members.Select(member => member.Key));
        Assert.Empty(((SchemaObject)schema.Types["Shop.Nothing"]).Members);
        Assert.Equal([("Red", (Int128)0), ("Green", (Int128)1)], ((SchemaEnum)schema.Types["Shop.Color"]).Values);
    }

    [Fact]
    public void TheExampleIsPrintedAsItWasRead() => Assert.Equal(Example, ContractSchema.Parse(Example).ToString());

    [Fact]
    public void ATopicIsToldFromAServiceByItsFirstWord()
    {
        const string Text = "topic \"orders\"\nmethod Placed(id: string, at: datetimeoffset = default) -> oneway\nobject \"O\" array { 0: string }\n";

        ContractSchema schema = ContractSchema.Parse(Text);

        Assert.True(schema.IsTopic);
        Assert.Equal("orders", schema.Service);
        Assert.Equal(Text, schema.ToString());
        Assert.True(schema.WithMemberNames(new Dictionary<(string, string), string> { [("O", "0")] = "Id" }).IsTopic);
        Assert.False(ContractSchema.Parse(Example).IsTopic);
    }

    [Fact]
    public void NamesThatAreNotWordsAreQuotedAndEscaped()
    {
        const string Text = "service \"a\\\"b\\\\c\"\n"
            + "method \"say hello\"(größe: int32, _1: guid) -> \"P<\\\"x\\\">\"\n"
            + "object \"P<\\\"x\\\">\" map { \"1 st\": bool }\n";
        ContractSchema schema = ContractSchema.Parse(Text);
        Assert.Equal("a\"b\\c", schema.Service);
        Assert.Equal("say hello", schema.Methods[0].Name);
        Assert.Equal(Text, schema.ToString());
    }

    [Fact]
    public void DeclaredErrorsAreReadAndPrinted()
    {
        const string Text = "service \"S\"\n"
            + "method A(a: int32) -> int32 throws \"S.Gone\", \"S.Odd<\\\"x\\\">\"\n"
            + "method B() -> void throws \"S.Gone\"\n"
            + "method C() -> oneway\n"
            + "object \"S.Gone\" map { Message: string }\n"
            + "object \"S.Odd<\\\"x\\\">\" map { }\n";
        ContractSchema schema = ContractSchema.Parse(Text);
        Assert.Equal(["S.Gone", "S.Odd<\"x\">"], schema.Methods[0].Throws);
        Assert.Equal(["S.Gone"], schema.Methods[1].Throws);
        Assert.Empty(schema.Methods[2].Throws);
        Assert.Equal(Text, schema.ToString());
    }

    [Fact]
    public void UnionsAndCustomFormatsAreReadAndPrinted()
    {
        const string Text = "service \"S\"\n"
            + "method A(a: opaque<\"x<\\\"1\\\">\">?, b: list<opaque<\"y\">>) -> \"S.Shape\"?\n"
            + "object \"S.Circle\" array { 0: float64 }\n"
            + "union \"S.Event\" open { 2147483647: \"S.Circle\" }\n"
            + "union \"S.None\" { }\n"
            + "union \"S.Shape\" { -2147483648: opaque<\"z\">; 0: \"S.Circle\"; 1: \"S.Event\" }\n";
        ContractSchema schema = ContractSchema.Parse(Text);
        SchemaUnion shape = (SchemaUnion)schema.Types["S.Shape"], open = (SchemaUnion)schema.Types["S.Event"];
        Assert.Equal((false, true), (shape.IsOpen, open.IsOpen));
        Assert.Equal([int.MinValue, 0, 1], shape.Cases.Select(@case => @case.Tag));
        Assert.Equal(["-2147483648", "S.Circle", "S.Event"], shape.Cases.Select(shape.LabelOf));
        Assert.Same(shape.Cases[1], shape.Find("0"));
        Assert.Null(shape.Find("2"));
        Assert.Equal((SchemaKind.Opaque, "x<\"1\">", true), (
            schema.Methods[0].Parameters[0].Type.Kind, schema.Methods[0].Parameters[0].Type.Name,
            schema.Methods[0].Parameters[0].Type.IsNullable));
        Assert.Equal(Text, schema.ToString());
    }

    [Theory]
    [InlineData("union \"U\" { 0: int32; 0: bool }", "the tag 0 is there twice")]
    [InlineData("union \"U\" { 2147483648: int32 }", "a tag is from -2147483648 to 2147483647")]
    [InlineData("union \"U\" { x: int32 }", "expected an integer")]
    [InlineData("union \"U\" shut { }", "expected '{ '")]
    [InlineData("union \"U\" open { 0: \"Gone\" }", "the type \"Gone\" is not described anywhere")]
    [InlineData("object \"O\" map { a: opaque }", "expected '<'")]
    [InlineData("object \"O\" map { a: opaque<x> }", "expected a name in quotes")]
    public void AnInvalidUnionOrFormatIsAnErrorAtItsPlace(string line, string message)
    {
        FormatException error = Assert.Throws<FormatException>(() => ContractSchema.Parse($"service \"S\"\n{line}\n"));
        Assert.StartsWith("The contract schema is not valid at line 2, column ", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void WhatIsPrintedIsReadBackAsTheSame(int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < 300; i++)
        {
            string text = RandomSchema.Make(random).ToString();
            Assert.Equal(text, ContractSchema.Parse(text).ToString());
        }
    }

    [Theory]
    [InlineData("", 1, 1, "expected 'service ' or 'topic ', found the end")]
    [InlineData("topics \"S\"\n", 1, 1, "expected 'service ' or 'topic ', found 'topics \"S\"'")]
    [InlineData("topic S\n", 1, 7, "expected a name in quotes, found 'S'")]
    [InlineData("service Shop\n", 1, 9, "expected a name in quotes, found 'Shop'")]
    [InlineData("service \"S\" \n", 1, 12, "expected the end of the line, found ' '")]
    [InlineData("service \"S\"\n\n", 2, 1, "expected 'method ', 'object ', 'union ' or 'enum ', found the end of the line")]
    [InlineData("service \"S\"\nmethod A() -> void", 2, 19, "expected the end of the line, found the end")]
    [InlineData("service \"S\"\nmethod A(x int32) -> void\n", 2, 11, "expected ': ', found ' int32) -> void'")]
    [InlineData("service \"S\"\nmethod A() -> int33\n", 2, 15, "'int33' is not a type")]
    [InlineData("service \"S\"\nmethod A() -> map<int32>\n", 2, 15, "map takes 2 types, not 1")]
    [InlineData("service \"S\"\nmethod A() -> list<int32, bool>\n", 2, 15, "list takes 1 type, not 2")]
    [InlineData("service \"S\"\nmethod A() -> list<stream<int32>>\n", 2, 20, "'stream' is not a type")]
    [InlineData("service \"S\"\nmethod A() -> stream<int32>?\n", 2, 28, "expected the end of the line, found '?'")]
    [InlineData("service \"S\"\nmethod A(a: stream<int32>, b: stream<int32>) -> void\n", 2, 31, "a method takes one stream at most")]
    [InlineData("service \"S\"\nmethod A() -> \"T\"\n", 2, 15, "the type \"T\" is not described anywhere")]
    [InlineData("service \"S\"\nmethod A() -> void throws \"T\"\n", 2, 27, "the type \"T\" is not described anywhere")]
    [InlineData("service \"S\"\nmethod A() -> void throws T\n", 2, 27, "expected a name in quotes, found 'T'")]
    [InlineData("service \"S\"\nmethod B() -> void\nmethod A() -> void\n", 3, 8, "the method 'A' comes before 'B': sort by name")]
    [InlineData("service \"S\"\nmethod A() -> void\nmethod A() -> void\n", 3, 8, "the method 'A' is there twice")]
    [InlineData("service \"S\"\nobject \"O\" map { }\nenum \"O\" int8 { }\n", 3, 6, "the type 'O' is there twice")]
    [InlineData("service \"S\"\nenum \"E\" string { }\n", 2, 10, "expected an integer type")]
    [InlineData("service \"S\"\nenum \"E\" int8 { A = 123456789012345678901 }\n", 2, 21, "expected an integer of 64 bits")]
    [InlineData("service \"S\"\nobject \"O\" map { a: bool; a: bool }\n", 2, 27, "the member 'a' is there twice")]
    [InlineData("service \"S\"\nobject \"O\" array { -1: bool }\n", 2, 20, "an index is from 0 to 2147483647")]
    [InlineData("service \"S\"\nobject \"O\" array { 1: bool; 01: bool }\n", 2, 29, "the member '1' is there twice")]
    [InlineData("service \"S\"\nobject \"O\" list { }\n", 2, 12, "expected 'map { ' or 'array { ', found 'list { }'")]
    [InlineData(
        "service \"S\"\nobject \"O\" map { }\nmethod A() -> void\n", 3, 1, "expected 'object ', 'union ' or 'enum ', found 'method A() -> vo'")]
    [InlineData("service \"S", 1, 9, "the name that begins here has no closing quote")]
    [InlineData("service \"S\t\"\n", 1, 11, "a name holds no control characters")]
    [InlineData("service \"S\\n\"\n", 1, 12, "expected '\"' or '\\' after '\\', found 'n\"'")]
    public void AnErrorNamesLineColumnAndCause(string text, int line, int column, string cause)
    {
        FormatException error = Assert.Throws<FormatException>(() => ContractSchema.Parse(text));
        Assert.Equal($"The contract schema is not valid at line {line}, column {column}: {cause}.", error.Message);
    }

    [Fact]
    public void NestingIsLimited()
    {
        static string Nested(int depth) =>
            $"service \"S\"\nmethod A() -> {string.Concat(Enumerable.Repeat("list<", depth))}bool{new string('>', depth)}\n";
        ContractSchema.Parse(Nested(ContractSchema.MaxNesting));
        FormatException error = Assert.Throws<FormatException>(() => ContractSchema.Parse(Nested(ContractSchema.MaxNesting + 1)));
        Assert.Contains("nested more than 64 deep", error.Message, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => ContractSchema.Parse(Nested(100_000)));
    }

    [Fact]
    public void TheSizeIsLimited()
    {
        FormatException error = Assert.Throws<FormatException>(() => ContractSchema.Parse(new string('x', ContractSchema.MaxLength + 1)));
        Assert.Contains($"{ContractSchema.MaxLength + 1}", error.Message, StringComparison.Ordinal);
        Assert.Contains($"at most {ContractSchema.MaxLength}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryTruncationOfASchemaIsAnErrorOrASchema()
    {
        for (int length = 0; length < Example.Length; length++)
        {
            string text = Example[..length];
            // The service alone is a schema, and so is the service with the method that needs no type.
            if (text.EndsWith('\n') && text.Count(c => c == '\n') < 3) Assert.Equal(text, ContractSchema.Parse(text).ToString());
            else Assert.Throws<FormatException>(() => ContractSchema.Parse(text));
        }
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void RandomDamageIsAFormatExceptionOrASchemaThatPrintsAndReadsTheSame(int seed)
    {
        const string Alphabet = "\"\\<>{}(),;:=?-> \n\0aservice method object enum list map tuple int32 0123456789é\uD800";
        var random = new Random(seed);
        for (int i = 0; i < 3000; i++)
        {
            var text = new StringBuilder(i % 2 == 0 ? Example : RandomSchema.Make(random).ToString());
            for (int damage = random.Next(1, 4); damage > 0; damage--)
            {
                int at = random.Next(text.Length);
                switch (random.Next(3))
                {
                    case 0: text[at] = Alphabet[random.Next(Alphabet.Length)]; break;
                    case 1: text.Insert(at, Alphabet[random.Next(Alphabet.Length)]); break;
                    default: text.Remove(at, Math.Min(random.Next(1, 8), text.Length - at)); break;
                }

                if (text.Length == 0) text.Append('x');
            }

            ContractSchema schema;
            try
            {
                schema = ContractSchema.Parse(text.ToString());
            }
            catch (FormatException e)
            {
                Assert.Contains("line", e.Message, StringComparison.Ordinal);
                continue;
            }

            Assert.Equal(schema.ToString(), ContractSchema.Parse(schema.ToString()).ToString());
        }
    }
}
