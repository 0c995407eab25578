using Values;

namespace SourceGen.Rpc.RoundTrip.Tests;

/// <summary>Keeps the arguments of the last call.</summary>
internal sealed class ValuesService : IValues
{
    public object?[] Received { get; private set; } = [];

    public ValueTask<bool> Scalars(
        bool a, byte b, sbyte c, short d, ushort e, int f, uint g, long h, ulong i, float j, double k, char l, string m, decimal n,
        Guid o, DateTime p, DateTimeOffset q, TimeSpan r, byte[] s, ReadOnlyMemory<byte> t, Memory<byte> u)
    {
        Received = [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t.ToArray(), u.ToArray()];
        return new(a);
    }

    public ValueTask<int?> Nullables(
        bool? a, DateTime? b, Kind? c, string? d, byte[]? e, (int, string)? f, ReadOnlyMemory<byte>? g, Memory<byte>? h,
        KeyValuePair<int, int>? i)
    {
        Received = [a, b, c, d, e, f, g?.ToArray(), h?.ToArray(), i];
        return new(a is null ? null : 5);
    }

    public ValueTask<Kind> Enums(Kind a, Small b, Big c)
    {
        Received = [a, b, c];
        return new(a);
    }

    public ValueTask<int[]> Collections(
        int[] a, string?[]? b, int[][][] c, List<int> d, IList<byte> e, ICollection<Kind> f, IEnumerable<string> g, IReadOnlyList<int?> h,
        IReadOnlyCollection<int> i, HashSet<string?> j, ISet<int> k, IReadOnlySet<int> l, List<int>[] m, byte[][] n)
    {
        Received = [a, b, c, d, e, f, g, h, i, j, k, l, m, n];
        return new(a);
    }

    public ValueTask<Dictionary<string, int>> Dictionaries(
        Dictionary<int, string?> a, IDictionary<string, List<int>> b, IReadOnlyDictionary<Kind, Dictionary<string, int[]>> c,
        Dictionary<int, int>? d)
    {
        Received = [a, b, c, d];
        return new(new Dictionary<string, int> { ["x"] = 1 });
    }

    public ValueTask<(int Id, string? Name)> Tuples(
        (int A, (string B, int C)) a, Tuple<int, string> b, KeyValuePair<string, int?> c, ValueTuple<int> d,
        (int, int, int, int, int, int, int, int, int) e, Tuple<int, int, int, int, int, int, int, Tuple<int>> f,
        Dictionary<(int X, int Y), string> g)
    {
        Received = [a, b, c, d, e, f, g];
        return new((7, null));
    }

    public ValueTask Defaults(int a, string b, Kind c, Kind? d, Guid e, double f, decimal g, string? h, char i, int? j, params int[] k)
    {
        Received = [a, b, c, d, e, f, g, h, i, j, k];
        return default;
    }
}
