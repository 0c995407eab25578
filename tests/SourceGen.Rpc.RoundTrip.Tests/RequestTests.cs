using System.Text;
using Shop;
using SourceGen.Rpc.CompilerServices;
using Values;

namespace SourceGen.Rpc.RoundTrip.Tests;

public class RequestTests
{
    private readonly ValuesService _service = new();

    [Fact]
    public async Task DefaultValues_AreThoseOfTheInterface()
    {
        await LoopbackChannel.Connect<IValues>(_service).Defaults();

        Assert.Equal(
            [-1, "x\\y\u2028", Values.Kind.Two, Values.Kind.One, Guid.Empty, double.NaN, 0.10M, null, '\0', 4, Array.Empty<int>()],
            _service.Received);
    }

    [Fact]
    public void MoreArgumentsThanParameters_AreSkipped()
    {
        Wire.Call<IValues>(_service, "Enums", "96 02 d080 05 a178 81c0c0 c0");

        Assert.Equal([Values.Kind.Two, Small.Min, (Big)5], _service.Received);
    }

    [Theory]
    [InlineData("90", "'Values.Values/Enums' holds 0 of at least 3 arguments: parameter 'a'")]
    [InlineData("92 02 d080", "'Values.Values/Enums' holds 2 of at least 3 arguments: parameter 'c'")]
    public void MissingArgumentWithoutDefault_IsAnErrorThatNamesIt(string hex, string message)
    {
        RpcSerializationException error = Assert.Throws<RpcSerializationException>(() => Wire.Call<IValues>(_service, "Enums", hex));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("c0")]
    [InlineData("80")]
    [InlineData("05")]
    [InlineData("93 02 d080 05 05")]
    [InlineData("93 02 d080")]
    public void RequestThatIsNoArrayOfTheArguments_IsAnError(string hex) =>
        Assert.Throws<RpcSerializationException>(() => Wire.Call<IValues>(_service, "Enums", hex));

    [Fact]
    public void MissingOptionalArguments_GetTheirDefaults()
    {
        GreeterService greeter = new();
        Wire.Call<IGreeter>(greeter, "Greet", "91 94 a141 01 c0 05");

        Assert.Equal((new Person("A", Color.Green, 5), 1), greeter.Greeted);
    }

    [Fact]
    public void Contract_HasNamesOptionsAndSchema()
    {
        RpcContract<IGreeter> contract = Contract<IGreeter>();

        Assert.Equal(("Shop.Greeter", "1.2"), (contract.Name, contract.Version));
        Assert.Equal(["Add", "Greet", "Log", "Name", "Reset"], contract.Methods.ToArray().Select(static m => m.Name));
        Assert.Equal((RpcMethodOptions.Idempotent, 250), (contract.Methods[0].Options, contract.Methods[0].TimeoutMs));
        Assert.Equal(RpcMethodOptions.Cancellable, contract.Methods[1].Options);
        Assert.Equal(RpcMethodOptions.OneWay, contract.Methods[2].Options);
        Assert.StartsWith("service \"Shop.Greeter\"\nmethod Add(a: int32, b: int32) -> int32\n", contract.Schema, StringComparison.Ordinal);
        Assert.EndsWith("}\n", contract.Schema, StringComparison.Ordinal);
    }

    [Fact]
    public void Fingerprint_IsTheStartOfTheSchemasHash()
    {
        byte[] hash = System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(Contract<IGreeter>().Schema));

        Assert.Equal(System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(hash), Contract<IGreeter>().Fingerprint);
    }

    [Fact]
    public async Task EveryKindOfMethod_ReachesTheService()
    {
        GreeterService service = new();
        IGreeter proxy = LoopbackChannel.Connect<IGreeter>(service);
        using CancellationTokenSource cancellation = new();

        Assert.Equal(5, await proxy.AddAsync(2, 3));
        Assert.Equal([null, new Greeting("Hi A", DateTimeOffset.UnixEpoch)],
            await proxy.GreetAsync(new Person("A", Color.Red, null), 2, cancellation.Token));
        Assert.Equal(cancellation.Token, service.Token);
        await proxy.LogAsync(null);
        Assert.Equal([null], service.Lines);
        await proxy.ResetAsync(CancellationToken.None);
        Assert.Empty(service.Lines);
        Assert.Equal("Greeter", await proxy.NameAsync());
    }

    [Fact]
    public async Task InheritedMethods_ReachTheServiceThroughOneProxy()
    {
        DerivedService service = new();
        Inheritance.IDerived proxy = LoopbackChannel.Connect<Inheritance.IDerived>(service);

        Assert.Equal("base x", await ((Inheritance.IBase)proxy).BaseAsync("x"));
        Assert.Equal("new x", await proxy.BaseAsync("x"));
        Assert.Equal((10, 20), (await ((Inheritance.IBase)proxy).OverloadAsync(1), await proxy.OverloadAsync(2L)));
        Assert.Equal(20, await ((Inheritance.IPlain)proxy).HelperAsync());
        Assert.Equal("derived.service", Contract<Inheritance.IDerived>().Name);
        Assert.Equal("Inheritance.Base", Contract<Inheritance.IBase>().Name);
    }

    private static RpcContract<TService> Contract<TService>()
        where TService : class, IRpcContract<TService> => TService.Contract;

    private sealed class GreeterService : IGreeter
    {
        public (Person, int) Greeted { get; private set; }

        public CancellationToken Token { get; private set; }

        public List<string?> Lines { get; } = [];

        public ValueTask<int> AddAsync(int a, int b) => new(a + b);

        public ValueTask<List<Greeting?>> GreetAsync(Person person, int times, CancellationToken ct)
        {
            (Greeted, Token) = ((person, times), ct);
            return new([null, new Greeting("Hi " + person.Name, DateTimeOffset.UnixEpoch)]);
        }

        public ValueTask LogAsync(string? line)
        {
            Lines.Add(line);
            return default;
        }

        public Task<string> NameAsync() => Task.FromResult("Greeter");

        public Task ResetAsync(CancellationToken cancellationToken)
        {
            Lines.Clear();
            return Task.CompletedTask;
        }
    }

    private sealed class DerivedService : Inheritance.IDerived
    {
        ValueTask<string> Inheritance.IBase.BaseAsync(string value, CancellationToken ct) => new("base " + value);

        ValueTask<string> Inheritance.IDerived.BaseAsync(string value, CancellationToken ct) => new("new " + value);

        public ValueTask<int> OverloadAsync(int value) => new(value * 10);

        public ValueTask<int> OverloadAsync(long value) => new(20);

        public ValueTask<int> PlainAsync(int value) => new(value);

        public Task PingAsync() => Task.CompletedTask;

        public Task PingAsync(int value) => Task.CompletedTask;

        [Obsolete("Use another.")]
        public ValueTask OldAsync(Inheritance.Old old) => default;
    }
}
