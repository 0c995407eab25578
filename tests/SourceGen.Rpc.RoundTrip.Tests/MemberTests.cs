using Objects;

namespace SourceGen.Rpc.RoundTrip.Tests;

public class MemberTests
{
    private readonly ObjectsService _service = new();
    private readonly IObjects _proxy;

    public MemberTests() => _proxy = LoopbackChannel.Connect<IObjects>(_service);

    [Fact]
    public async Task Setters_that_are_not_public_are_used()
    {
        Private result = await _proxy.PrivateAsync(PrivateStruct.Of(1, null), PrivateInit.Of(5, 6), new DerivedPrivate { C = 3 });

        Assert.Equal((7, "b", 0), (result.A, result.B, result.C));
        PrivateStruct value = (PrivateStruct)_service.Received[0]!;
        Assert.Equal((1, null), (value.A, value.B));
        PrivateInit init = (PrivateInit)_service.Received[1]!;
        Assert.Equal((5, 6), (init.A, init.B));
        DerivedPrivate derived = (DerivedPrivate)_service.Received[2]!;
        Assert.Equal((1, null, 3, 0), (derived.A, derived.B, derived.C, derived.D));
    }

    [Fact]
    public void A_missing_member_with_a_private_setter_keeps_its_initializer()
    {
        Assert.Equal(1, Read<Private>("Private", "80").A);
        Assert.Equal(9, Read<Private>("Private", "81 A141 09").A);
    }

    [Fact]
    public async Task The_constructor_is_the_one_that_is_marked_or_sets_what_nothing_else_sets()
    {
        Marked marked = await _proxy.MarkedAsync(new Covering(1, 2), new ByKey(second: 2, first: 1));

        Assert.Equal((8, "m"), (marked.A, marked.B));
        Assert.Equal((1, 2), (((Covering)_service.Received[0]!).A, ((Covering)_service.Received[0]!).B));
        Assert.Equal((1, 2), (((ByKey)_service.Received[1]!).A, ((ByKey)_service.Received[1]!).B));
    }

    [Fact]
    public async Task A_data_contract_sends_the_members_that_it_lists()
    {
        Assert.Equal("82A26E6DA16EA341676505", Hex("Listed", new Listed { Name = "n", Age = 5, NotListed = 6, Virtual = 7 }));

        await _proxy.ListedAsync(
            new Ordered { A = 1, B = "b" }, new DerivedListed { Name = "n", Age = 1, More = 2, Virtual = 3, NotListed = 4 });
        Assert.Equal((1, "b"), (((Ordered)_service.Received[0]!).A, ((Ordered)_service.Received[0]!).B));
        DerivedListed derived = (DerivedListed)_service.Received[1]!;
        Assert.Equal(("n", 1, 2, 3, 0), (derived.Name, derived.Age, derived.More, derived.Virtual, derived.NotListed));
    }

    [Fact]
    public void Attributes_of_MessagePackCSharp_mean_what_they_mean_there()
    {
        Assert.Equal("82A44E616D65A16EA6496E646F6F72C3", Hex("ByName", new ByName { Name = "n", Indoor = true }));
        ObjectsService sink = new();
        Wire.Call<IObjects>(sink, "ByName", "91 90");
        Assert.IsType<ForeignEmpty>(sink.Received[0]);
        Wire.Call<IObjects>(sink, "ByName", "91 92 01 A178");
        Assert.IsType<ForeignEmpty>(sink.Received[0]);
    }

    [Fact]
    public async Task Ignored_static_constant_and_computed_members_do_not_travel_and_internal_setters_are_used()
    {
        Assert.Equal("81A14103", Hex("Ignoring", new Ignoring { A = 3, B = new object() }));

        await _proxy.IgnoringAsync(new Internals { A = 1, B = 5 });
        Assert.Equal((1, 5), (((Internals)_service.Received[0]!).A, ((Internals)_service.Received[0]!).B));
        Assert.Equal(2, DefaultOfInternals());
    }

    [Fact]
    public async Task Callbacks_come_before_writing_and_after_reading()
    {
        Told sent = new() { A = 1 };
        ToldStruct value = new() { A = 1 };
        ToldRecord record = new(5);

        Told result = await _proxy.ToldAsync(value, record);

        Assert.Equal((8, "read 8"), (result.A, result.Log));
        Assert.Equal((1, 111), (value.A, ((ToldStruct)_service.Received[0]!).A));
        ToldRecord received = (ToldRecord)_service.Received[1]!;
        Assert.Equal((5, 1, 5, 10), (record.A, record.Times, received.A, received.Times));
        Assert.Equal("81A14102", Hex("Told", sent));
    }

    [Fact]
    public async Task Custom_serializers_write_their_types_and_members()
    {
        Wallet wallet = new(255, 16, System.Net.IPAddress.Loopback, new Money(5), 7);
        Money result = await _proxy.MoneyAsync(null, 300, wallet, new Box<int>(3), [new Money(1), new Money(2)], Grade.High);

        Assert.Equal(new Money(100), result);
        Assert.Equal([null, 300, wallet, new Box<int>(3)], _service.Received[..4]);
        Assert.Equal(Grade.High, _service.Received[5]);
        Assert.Equal([new Money(1), new Money(2)], (List<Money>)_service.Received[4]!);
        Wallet empty = wallet with { Maybe = null, Address = null };
        await _proxy.MoneyAsync(new Money(3), 0, empty, null!, [], Grade.Low);
        Assert.Equal([new Money(3), 0, empty, null], _service.Received[..4]);

        Assert.Equal("64", Hex("Money", new Money(100)));
        ObjectsService sink = new();
        Wire.Call<IObjects>(sink, "Money", "96 05 A2 3130 85 A3486578A26666 A54D61796265C0 A741646472657373A9" + Text("127.0.0.1")
            + "A54D6F6E657905 A5506C61696E07 A133 91 01 A468696768");
        Assert.Equal([new Money(5), 16, wallet with { Maybe = null }], sink.Received[..3]);
        Assert.Equal(new Box<int>(3), sink.Received[3]);
    }

    [Theory]
    [InlineData("96 C0 05")]
    [InlineData("96 C0 A2 7A7A")]
    public void What_a_custom_serializer_cannot_read_is_an_error_of_the_data(string hex) =>
        Assert.Throws<RpcSerializationException>(() => Wire.Call<IObjects>(new ObjectsService(), "Money", hex));

    [Fact]
    public async Task Interned_strings_are_shared_and_others_are_not()
    {
        const string Euro = "EUR";
        string tooLong = new('x', 65);
        Interned result = await _proxy.InternedAsync(new string(Euro), null);
        Assert.Null(_service.Country);
        Interned again = await _proxy.InternedAsync(new string(Euro), "");
        Assert.Equal("", again.Country);
        Assert.Equal(("EUR", "EUR"), (result.Currency, result.Other));
        Assert.Same(result.Currency, again.Currency);
        Assert.NotSame(result.Other, again.Other);
        Assert.NotSame((await _proxy.InternedAsync(tooLong, null)).Currency, (await _proxy.InternedAsync(tooLong, null)).Currency);
        Assert.Equal("größe 日本 😀", (await _proxy.InternedAsync("größe 日本 😀", null)).Currency);
        Assert.Throws<RpcSerializationException>(() => Wire.Call<IObjects>(new ObjectsService(), "Interned", "92 A2 C328 C0"));
        Assert.Throws<RpcSerializationException>(() => Wire.Call<IObjects>(new ObjectsService(), "Interned", "92 A5 61 62"));
    }

    [Fact]
    public async Task Generic_types_work_constrained_nested_and_with_nullable_arguments()
    {
        Constrained<Circle, List<int>> sent = new() { Shape = new() { Corners = 3 }, Next = new() { Numbers = [1, 2] } };
        Nest<string>.Inner<int?> result = await _proxy.GenericAsync(sent, new Nest<string?>.Inner<int>(null, 2, new(null, 3)));

        Assert.Equal(new Nest<string>.Inner<int?>("o", null, null), result);
        Constrained<Circle, List<int>> received = (Constrained<Circle, List<int>>)_service.Received[0]!;
        Assert.Equal((3, null), (received.Shape!.Corners, received.Numbers));
        Assert.Equal([1, 2], received.Next!.Numbers);
        Assert.Equal(new Nest<string?>.Inner<int>(null, 2, new(null, 3)), _service.Received[1]);
    }

    private static int DefaultOfInternals()
    {
        ObjectsService sink = new();
        Wire.Call<IObjects>(sink, "Ignoring", "91 80");
        return ((Internals)sink.Received[0]!).B;
    }

    private static string Text(string text) => Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(text));

    private static string Hex<T>(string method, T value) => Convert.ToHexString(Wire.Write<IObjects, T>(method, value));

    private static T Read<T>(string method, string hex) => Wire.Read<IObjects, T>(method, hex);
}
