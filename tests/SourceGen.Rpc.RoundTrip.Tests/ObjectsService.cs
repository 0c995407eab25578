using Objects;

namespace SourceGen.Rpc.RoundTrip.Tests;

/// <summary>Keeps the arguments of the last call.</summary>
internal sealed class ObjectsService : IObjects
{
    public object?[] Received { get; private set; } = [];

    public string? Country { get; private set; }

    public ValueTask<Private> PrivateAsync(PrivateStruct value, PrivateInit init, DerivedPrivate derived) =>
        Keep(Private.Of(7, "b"), value, init, derived);

    public ValueTask<Marked> MarkedAsync(Covering covering, ByKey byKey) => Keep(new Marked(8) { B = "m" }, covering, byKey);

    public ValueTask<Listed> ListedAsync(Ordered ordered, DerivedListed derived) => Keep(new Listed(), ordered, derived);

    public ValueTask<Ignoring> IgnoringAsync(Internals internals) => Keep(new Ignoring(), internals);

    public ValueTask<Extensible> ExtensibleAsync(
        ExtensibleArray array, ExtensibleRecord record, ExtensibleInit init, ExtensiblePrivate hidden) =>
        Keep(new Extensible(), array, record, init, hidden);

    public ValueTask<Told> ToldAsync(ToldStruct value, ToldRecord record) => Keep(new Told { A = 7 }, value, record);

    public ValueTask<Money> MoneyAsync(Money? optional, int hex, Wallet wallet, Box<int> box, List<Money> all, Grade grade) =>
        Keep(new Money(100), optional, hex, wallet, box, all, grade);

    public ValueTask<Interned> InternedAsync(string currency, string? country)
    {
        Country = country;
        return Keep(new Interned(currency, currency) { Country = country }, currency, country);
    }

    public ValueTask<ByName> ByNameAsync(ForeignEmpty empty) => Keep(new ByName { Name = "n" }, empty);

    public ValueTask<Nest<string>.Inner<int?>> GenericAsync(Constrained<Circle, List<int>> constrained, Nest<string?>.Inner<int> nest) =>
        Keep(new Nest<string>.Inner<int?>("o", null, null), constrained, nest);

    private ValueTask<T> Keep<T>(T result, params object?[] received)
    {
        Received = received;
        return new(result);
    }
}
