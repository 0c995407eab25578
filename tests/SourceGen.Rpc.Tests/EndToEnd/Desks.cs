namespace SourceGen.Rpc.Tests.EndToEnd.Old
{
    /// <summary>A service as a client knows it.</summary>
    [Service(Name = "Shop.Desk")]
    public partial interface IDesk
    {
        ValueTask<int> AddAsync(int a, int b);

        ValueTask<int> CountAsync();

        ValueTask<string> GreetAsync(string name);

        ValueTask RetiredAsync();

        [OneWay]
        ValueTask TellAsync(string what);
    }

    [Service(Name = "Shop.Desk", Version = "7")]
    public partial interface IDeskSeven
    {
        ValueTask<int> AddAsync(int a, int b);
    }
}

namespace SourceGen.Rpc.Tests.EndToEnd.New
{
    /// <summary>The same service, as the server has it by now: other numbers, wider types, and some real differences.</summary>
    [Service(Name = "Shop.Desk")]
    public partial interface IDesk
    {
        ValueTask<int> AaaAsync();

        ValueTask<long> AddAsync(long first, long second);

        ValueTask<string> CountAsync();

        ValueTask<string> GreetAsync(string name, int times = 3);

        ValueTask TellAsync(string what);
    }

    internal sealed class Desk : IDesk
    {
        public ValueTask<int> AaaAsync() => new(1);

        public ValueTask<long> AddAsync(long first, long second) => new(first + second);

        public ValueTask<string> CountAsync() => new("many");

        public ValueTask<string> GreetAsync(string name, int times = 3) => new(string.Concat(Enumerable.Repeat(name, times)));

        public ValueTask TellAsync(string what) => default;
    }
}
