namespace Values;

[Service]
public partial interface IValues
{
    ValueTask<bool> Scalars(
        bool a, byte b, sbyte c, short d, ushort e, int f, uint g, long h, ulong i, float j, double k, char l, string m, decimal n,
        Guid o, DateTime p, DateTimeOffset q, TimeSpan r, byte[] s, ReadOnlyMemory<byte> t, Memory<byte> u);

    ValueTask<int?> Nullables(
        bool? a, DateTime? b, Kind? c, string? d, byte[]? e, (int, string)? f, ReadOnlyMemory<byte>? g, Memory<byte>? h, KeyValuePair<int, int>? i);

    ValueTask<Kind> Enums(Kind a, Small b, Big c);

    ValueTask<int[]> Collections(
        int[] a, string?[]? b, int[][][] c, List<int> d, IList<byte> e, ICollection<Kind> f, IEnumerable<string> g, IReadOnlyList<int?> h,
        IReadOnlyCollection<int> i, HashSet<string?> j, ISet<int> k, IReadOnlySet<int> l, List<int>[] m, byte[][] n);

    ValueTask<Dictionary<string, int>> Dictionaries(
        Dictionary<int, string?> a, IDictionary<string, List<int>> b, IReadOnlyDictionary<Kind, Dictionary<string, int[]>> c, Dictionary<int, int>? d);

    ValueTask<(int Id, string? Name)> Tuples(
        (int A, (string B, int C)) a, Tuple<int, string> b, KeyValuePair<string, int?> c, ValueTuple<int> d,
        (int, int, int, int, int, int, int, int, int) e, Tuple<int, int, int, int, int, int, int, Tuple<int>> f, Dictionary<(int X, int Y), string> g);

    ValueTask Defaults(
        int a = -1, string b = "x\\y\u2028", Kind c = Kind.Two, Kind? d = Kind.One, Guid e = default, double f = double.NaN, decimal g = 0.10M,
        string? h = null, char i = '\0', int? j = 4, params int[] k);
}

public enum Kind
{
    One = 1,
    Two = 2,
}

public enum Small : sbyte
{
    Min = sbyte.MinValue,
}

public enum Big : ulong
{
    Max = ulong.MaxValue,
}
