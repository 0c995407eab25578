using Shapes;

namespace SourceGen.Rpc.RoundTrip.Tests;

public class ObjectTests
{
    private static readonly Guid Id = new("00112233-4455-6677-8899-aabbccddeeff");

    [Fact]
    public void InitOnlyMembers_KeepTheirInitializersWhenMissing()
    {
        Assert.Equal(new Inits { Id = default }, Read<Inits>("Inits", "80"));
        Assert.Equal(new Inits { Id = default, Number = 5 }, Read<Inits>("Inits", "81 a6 4e756d626572 05"));
        AssertRoundTrip("Inits", new Inits { Id = Id, Number = 1, Text = "t" });
    }

    [Fact]
    public void EveryWayToSetAMember_WorksTogether()
    {
        Mixed sent = new("n", 4) { Required = true, Init = 5, Assigned = 6 };
        Mixed full = Read<Mixed>("Mixed", Hex(Wire.Write<IShapes, Mixed>("Mixed", sent)));
        Assert.Equal(("n", 4, true, 5L, 6D), (full.Name, full.Count, full.Required, full.Init, full.Assigned));

        Mixed empty = Read<Mixed>("Mixed", "80");
        Assert.Equal((null, 3, false, 8L, 9D), (empty.Name, empty.Count, empty.Required, empty.Init, empty.Assigned));
    }

    [Fact]
    public void KeyedObject_HasNilInItsGaps_AndReadsNilAsMissing()
    {
        KeyedMutable value = new() { Two = 2, Nine = "x", Zero = DateTime.UnixEpoch };
        Assert.Equal("9AD6FF00000000C002C0C0C0C0C0C0A178", Hex(Wire.Write<IShapes, KeyedMutable>("Keyed", value)));

        KeyedMutable read = Read<KeyedMutable>("Keyed", "9B D6FF00000000 C0 02 C0C0C0C0C0C0 A178 05");
        Assert.Equal((2, "x", DateTime.UnixEpoch), (read.Two, read.Nine, read.Zero));
        KeyedMutable nils = Read<KeyedMutable>("Keyed", "93 C0 C0 C0");
        Assert.Equal((0, null, default), (nils.Two, nils.Nine, nils.Zero));
        Assert.Equal(0, Read<KeyedMutable>("Keyed", "90").Two);
    }

    [Fact]
    public void Derived_WritesTheBaseClassFirst_AndAnOverriddenMemberOnce()
    {
        byte[] bytes = Wire.Write<IShapes, Derived>("Derived", new Derived { BaseName = "b", Virtual = 1, Own = 2 });

        Assert.Equal("83A8426173654E616D65A162A75669727475616C01A34F776E02", Hex(bytes));
        Derived read = Read<Derived>("Derived", Hex(bytes));
        Assert.Equal(("b", 1, 2), (read.BaseName, read.Virtual, read.Own));
    }

    [Fact]
    public void UnknownMembers_AreSkipped_AndOfRepeatedOnesTheLastCounts()
    {
        Point point = Read<Point>("Point", "84 A158 01 A15A 82A161C0A162 9101 A159 02 A158 03");

        Assert.Equal(new Point(3, 2), point);
    }

    [Fact]
    public void NilForAStruct_IsAnError() => Assert.Throws<RpcSerializationException>(() => Read<Point>("Point", "C0"));

    [Fact]
    public void NilForAClass_IsNull() => Assert.Null(Read<Mixed?>("Mixed", "C0"));

    [Fact]
    public async Task EveryShape_ArrivesAsSent()
    {
        ShapesService service = new();
        IShapes proxy = LoopbackChannel.Connect<IShapes>(service);

        await proxy.InitsAsync(new Mutable { Number = 3, Text = "t", Flag = true, Ignored = 5 });
        Mutable mutable = (Mutable)service.Received[0]!;
        Assert.Equal((3, "t", true, null), (mutable.Number, mutable.Text, mutable.Flag, mutable.Ignored));

        await proxy.MixedAsync(new RequiredOnly { A = "a", B = 2 }, new Nothing());
        RequiredOnly required = (RequiredOnly)service.Received[0]!;
        Assert.Equal(("a", 2), (required.A, required.B));
        Assert.IsType<Nothing>(service.Received[1]);

        await proxy.PointAsync(new ReadOnlyPoint(5), new in_(1, 2, 3, 4, 5, 6, 7));
        Assert.Equal([new ReadOnlyPoint(5), new in_(1, 2, 3, 4, 5, 6, 7)], service.Received);

        await proxy.KeyedAsync(new KeyedInits { Zero = 1, Two = 2.5M });
        KeyedInits keyed = (KeyedInits)service.Received[0]!;
        Assert.Equal((1, null, 2.5M), (keyed.Zero, keyed.One, keyed.Two));

        Page<Point> page = await proxy.PageAsync(new Page<string?>(null, ["a", null]));
        Assert.Equal(["a", null], ((Page<string?>)service.Received[0]!).Items);
        Assert.Equal([new Point(1, 2)], page.Items);

        Wide wide = await proxy.WideAsync(new Optional(A: 3, I: null), new Interfaces([1, 2]), new SetsRequired { Value = 9 });
        Assert.Equal(new Optional(A: 3, I: null), service.Received[0]);
        Assert.Equal([1, 2], ((Interfaces)service.Received[1]!).Items);
        Assert.Equal(9, ((SetsRequired)service.Received[2]!).Value);
        Assert.Equal(4, wide.A);
    }

    [Fact]
    public async Task RecursiveType_ArrivesAsSent_AndACycleIsAnError()
    {
        ShapesService service = new();
        IShapes proxy = LoopbackChannel.Connect<IShapes>(service);
        Node tree = new(1, new Node(2, null, null, []), null, [new Node(3, null, null, [])]);

        await proxy.DerivedAsync(tree);
        Node read = (Node)service.Received[0]!;
        Assert.Equal((1, 2, 3), (read.Value, read.Left!.Value, read.Others[0].Value));

        tree.Others.Add(tree);
        await Assert.ThrowsAsync<RpcSerializationException>(async () => await proxy.DerivedAsync(tree));
    }

    [Fact]
    public void DefaultsOfConstructorParameters_StandForMissingMembers()
    {
        ShapesService sink = new();
        Wire.Call<IShapes>(sink, "Wide", "93 80 C0 80");

        Assert.Equal(new Optional(), sink.Received[0]);
        Assert.Equal(3, ((SetsRequired)sink.Received[2]!).Value);
    }

    [Theory]
    [InlineData("DD7FFFFFFF")]
    [InlineData("DF7FFFFFFF")]
    [InlineData("DF00100000")]
    public void CountBeyondTheData_IsRefusedBeforeMemoryIsTaken(string hex)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<RpcSerializationException>(() => Read<Page<Point>>("Page", "81 A5 4974656D73" + hex));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    private static T Read<T>(string method, string hex) => Wire.Read<IShapes, T>(method, hex);

    private static string Hex(byte[] bytes) => Convert.ToHexString(bytes);

    private static void AssertRoundTrip<T>(string method, T value) =>
        Assert.Equal(value, Read<T>(method, Hex(Wire.Write<IShapes, T>(method, value))));

    private sealed class ShapesService : IShapes
    {
        public object?[] Received { get; private set; } = [];

        public ValueTask<Inits> InitsAsync(Mutable mutable) => Keep(new Inits { Id = Id }, mutable);

        public ValueTask<Mixed> MixedAsync(RequiredOnly required, Nothing nothing) =>
            Keep(new Mixed("m") { Required = true }, required, nothing);

        public ValueTask<Point> PointAsync(ReadOnlyPoint point, in_ keyword) => Keep(new Point(1, 2), point, keyword);

        public ValueTask<KeyedMutable> KeyedAsync(KeyedInits value) => Keep(new KeyedMutable(), value);

        public ValueTask<Derived> DerivedAsync(Node? tree) => Keep(new Derived(), tree);

        public ValueTask<Page<Point>> PageAsync(Page<string?> page) => Keep(new Page<Point>(default, [new Point(1, 2)]), page);

        public ValueTask<Wide> WideAsync(Optional optional, Interfaces interfaces, SetsRequired sets) =>
            Keep(new Wide(4), optional, interfaces, sets);

        private ValueTask<T> Keep<T>(T result, params object?[] received)
        {
            Received = received;
            return new(result);
        }
    }


}
