using Unions;

namespace SourceGen.Rpc.RoundTrip.Tests;

public class UnionTests
{
    [Fact]
    public void A_case_is_an_array_of_its_tag_and_itself()
    {
        Assert.Equal("920091CB3FF8000000000000", Hex("Shape", (IShape)new Circle { R = 1.5 }));
        Assert.Equal("920181A141CB4000000000000000", Hex("Shape", (IShape)new Square(2)));
        Assert.Equal("92CE0001117092CB0000000000000000A178", Hex("Shape", (IShape)new BigCircle { Name = "x" }));
        Assert.Equal("92D0D882A446726F6DC0A2546FC0", Hex("Shape", (IShape)new Line(null, null)));
        Assert.Equal("C0", Hex("Shape", (IShape?)null));
    }

    [Theory]
    [InlineData(typeof(Dog), "0A")]
    [InlineData(typeof(Cat), "CCC8")]
    [InlineData(typeof(Bird), "CD012C")]
    [InlineData(typeof(Fish), "D09C")]
    [InlineData(typeof(Ant), "D2FFFF63C0")]
    public void A_tag_takes_the_smallest_format(Type type, string tag)
    {
        Animal animal = (Animal)Activator.CreateInstance(type)!;
        animal.Name = "n";
        string hex = Hex("Animal", animal);

        Assert.StartsWith("92" + tag + "8", hex, StringComparison.Ordinal);
        Animal read = Read<Animal>("Animal", hex);
        Assert.Equal((type, "n"), (read.GetType(), read.Name));
    }

    [Fact]
    public void Every_case_arrives_as_its_own_type()
    {
        IShape[] shapes = [new Circle { R = 1 }, new BigCircle { R = 2, Name = "b" }, new Square(3), new Line(new Square(4), null)];
        foreach (IShape shape in shapes)
        {
            IShape read = Read<IShape>("Shape", Hex("Shape", shape));
            Assert.Equal(shape.GetType(), read.GetType());
            Assert.Equal(Hex("Shape", shape), Hex("Shape", read));
        }

        Assert.Equal(shapes[3], Read<IShape>("Shape", Hex("Shape", shapes[3])));
    }

    [Fact]
    public async Task A_concrete_class_declared_by_itself_has_no_tag_and_nil_is_null()
    {
        UnionsService service = new();
        IUnions proxy = LoopbackChannel.Connect<IUnions>(service);

        await proxy.AnimalAsync(new Cat { Name = "c" }, new Dog { Name = "d", Age = 3 });
        Assert.IsType<Cat>(service.Received[0]);
        Assert.Equal(("d", 3), (((Dog)service.Received[1]!).Name, ((Dog)service.Received[1]!).Age));

        await proxy.ShapeAsync(null, [new Square(1), null!]);
        Assert.Null(service.Received[0]);
        Assert.Equal([new Square(1), null!], (List<IShape>)service.Received[1]!);
    }

    [Fact]
    public async Task Unions_of_generics_get_the_type_arguments_of_the_union()
    {
        UnionsService service = new();
        IUnions proxy = LoopbackChannel.Connect<IUnions>(service);

        Result<int, string?> result = await proxy.ResultAsync(
            new Ok<Page, List<int>>(new Page(3)), new Option<int>.Some(4), new Option<string>.None());

        Assert.Equal(new Failed<int, string?>("failed"), result);
        Assert.Equal([new Ok<Page, List<int>>(new Page(3)), new Option<int>.Some(4), new Option<string>.None()], service.Received);
    }

    [Fact]
    public void A_union_within_a_union_has_both_tags_and_the_more_derived_one_is_found()
    {
        Assert.Equal("9201" + "80", Hex("Nested", (IOuter)new Plain()));
        Assert.Equal("9200" + "9201" + "81A14205", Hex("Nested", (IOuter)new InnerB(5)));
        Assert.Equal("9202" + "9207" + "81A14306", Hex("Nested", (IOuter)new Deep(6)));
        Assert.Equal(new InnerB(5), Read<IOuter>("Nested", "9200" + "9201" + "81A14205"));
        Assert.Equal(new Deep(6), Read<IOuter>("Nested", "9202" + "9207" + "81A14306"));
        RpcSerializationException error = Assert.Throws<RpcSerializationException>(
            () => Read<IOuter>("Nested", "9200" + "9207" + "81A14306"));
        Assert.Contains("The tag 7 before offset 4 is of no case of 'Unions.IInner'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(typeof(DerivedCircle))]
    [InlineData(typeof(Foreign))]
    public void What_the_union_does_not_list_is_an_error_that_names_it(Type type)
    {
        RpcSerializationException error = Assert.Throws<RpcSerializationException>(
            () => Hex("Shape", (IShape)Activator.CreateInstance(type)!));

        Assert.Equal(
            $"A value of type '{type}' cannot be sent as 'Unions.IShape', whose cases are -40 (Unions.Line), 0 (Unions.Circle), "
            + "1 (Unions.Square), 70000 (Unions.BigCircle): list it there with [Union(tag, typeof(...))], or send one of the cases.",
            error.Message);
    }

    [Fact]
    public void An_unknown_tag_is_an_error_that_names_tag_union_and_place()
    {
        RpcSerializationException error = Assert.Throws<RpcSerializationException>(() => Read<IShape>("Shape", "92 07 91 01"));

        Assert.Equal(
            "The tag 7 before offset 2 is of no case of 'Unions.IShape' that is known here, which are -40 (Unions.Line), "
            + "0 (Unions.Circle), 1 (Unions.Square), 70000 (Unions.BigCircle): the peer has another version of it. Bring this side up to "
            + "date, or give the union a [UnionFallback].",
            error.Message);
    }

    [Theory]
    [InlineData("91 00", "Expected an array of 2 elements for 'Unions.IShape', found one of 1")]
    [InlineData("93 00 90 00", "Expected an array of 2 elements for 'Unions.IShape', found one of 3")]
    [InlineData("90", "found one of 0")]
    [InlineData("80", "Expected an array")]
    [InlineData("92 A1 30 90", "Expected a 32-bit integer")]
    [InlineData("92 CF FFFFFFFFFFFFFFFF 90", "18446744073709551615")]
    [InlineData("92 00", "claims 2 elements")]
    [InlineData("92 00 C1", "never used")]
    public void What_is_no_pair_of_tag_and_case_is_an_error(string hex, string message)
    {
        RpcSerializationException error = Assert.Throws<RpcSerializationException>(() => Read<IShape>("Shape", hex));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fallback_keeps_the_unknown_case_and_writes_it_again()
    {
        const string Later = "92CD03E893A16192C3C081A162CB3FF8000000000000";
        Other other = Assert.IsType<Other>(Read<IOpen>("Open", Later));

        Assert.Equal((1000, Later), (other.Case.Tag, Hex("Open", (IOpen)other)));
        Assert.Equal(other, Read<IOpen>("Open", Later));
        Assert.NotEqual(other, Read<IOpen>("Open", "92CD03E8C0"));
        Assert.Equal("case 1000, 18 bytes", other.Case.ToString());
        Assert.Equal(new Known(1), Read<IOpen>("Open", "920081A14101"));
    }

    [Fact]
    public void A_fallback_that_the_reader_did_not_make_cannot_be_written()
    {
        RpcSerializationException error = Assert.Throws<RpcSerializationException>(() => Hex("Open", (IOpen)new Other(null!)));
        Assert.Contains("A fallback of the union 'Unions.IOpen' holds no UnknownCase", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("92 07")]
    [InlineData("92 07 92 01")]
    [InlineData("92 07 A5 61")]
    [InlineData("92 07 C1")]
    public void An_unknown_case_that_is_damaged_is_an_error(string hex) =>
        Assert.Throws<RpcSerializationException>(() => Read<IOpen>("Open", hex));

    [Fact]
    public void Unions_nest_as_deep_as_anything_and_the_error_names_the_type()
    {
        IExpr Nest(int levels) => Enumerable.Range(0, levels).Aggregate((IExpr)new Leaf(1), (inner, _) => new Add(inner, new Leaf(2)));

        // A union and its case are two levels.
        IExpr deepest = Nest(63);
        Assert.Equal(deepest, Read<IExpr>("Expr", Hex("Expr", deepest)));
        RpcSerializationException error = Assert.Throws<RpcSerializationException>(() => Hex("Expr", Nest(64)));
        Assert.Equal(
            "The value is nested more than 128 levels deep, at a 'Unions.IExpr'. Look for an object that refers back to itself, or send a "
            + "flatter structure.",
            error.Message);

        string bomb = string.Concat(Enumerable.Repeat("920182A44C656674", 100_000));
        error = Assert.Throws<RpcSerializationException>(() => Read<IExpr>("Expr", bomb));
        Assert.Contains("of type 'Unions.IExpr', is nested more than 128 levels deep", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_union_can_be_the_key_of_a_dictionary()
    {
        UnionsService service = new();
        IUnions proxy = LoopbackChannel.Connect<IUnions>(service);

        await proxy.OpenAsync(new Known(1), new Dictionary<IShape, int> { [new Square(1)] = 1, [new Line(null, null)] = 2 });

        Assert.Equal(2, ((Dictionary<IShape, int>)service.Received[1]!)[new Line(null, null)]);
    }

    private static string Hex<T>(string method, T value) => Convert.ToHexString(Wire.Write<IUnions, T>(method, value));

    private static T Read<T>(string method, string hex) => Wire.Read<IUnions, T>(method, hex);

    private sealed class DerivedCircle : Circle;

    private sealed class Foreign : IShape;

    private sealed class UnionsService : IUnions
    {
        public object?[] Received { get; private set; } = [];

        public ValueTask<IShape> ShapeAsync(IShape? shape, List<IShape> all) => Keep<IShape>(new Circle(), shape, all);

        public ValueTask<Animal> AnimalAsync(Animal animal, Dog dog) => Keep<Animal>(new Bird(), animal, dog);

        public ValueTask<IExpr> ExprAsync(IExpr expr) => Keep(expr, expr);

        public ValueTask<IOuter> NestedAsync(IOuter outer) => Keep(outer, outer);

        public ValueTask<Result<int, string?>> ResultAsync(
            Result<Page, List<int>> result, Option<int>.Some some, Option<string> option) =>
            Keep<Result<int, string?>>(new Failed<int, string?>("failed"), result, some, option);

        public ValueTask<IOpen> OpenAsync(IOpen open, Dictionary<IShape, int> keys) => Keep(open, open, keys);

        private ValueTask<T> Keep<T>(T result, params object?[] received)
        {
            Received = received;
            return new(result);
        }
    }
}
