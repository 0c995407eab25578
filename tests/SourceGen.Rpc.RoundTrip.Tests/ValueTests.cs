using System.Collections;
using Values;

namespace SourceGen.Rpc.RoundTrip.Tests;

public class ValueTests
{
    private readonly ValuesService _service = new();
    private readonly IValues _proxy;

    public ValueTests() => _proxy = LoopbackChannel.Connect<IValues>(_service);

    [Fact]
    public async Task Scalars_ArriveAsSent()
    {
        Guid id = new("00112233-4455-6677-8899-aabbccddeeff");
        DateTime time = new(2024, 2, 29, 1, 2, 3, 456, DateTimeKind.Utc);
        DateTimeOffset offset = new(2024, 2, 29, 1, 2, 3, TimeSpan.FromMinutes(-90));

        bool result = await _proxy.Scalars(
            true, 255, -128, short.MinValue, ushort.MaxValue, int.MinValue, uint.MaxValue, long.MinValue, ulong.MaxValue, 1.5F,
            double.Epsilon, '世',
            "text €", -1.10M, id, time, offset, TimeSpan.FromTicks(-5), [1, 2], new byte[] { 3 }, new byte[] { 4, 5 });

        Assert.True(result);
        Assert.Equal(
            [
                true, (byte)255, (sbyte)-128, short.MinValue, ushort.MaxValue, int.MinValue, uint.MaxValue, long.MinValue, ulong.MaxValue,
                1.5F, double.Epsilon, '世', "text €", -1.10M, id, time, offset, TimeSpan.FromTicks(-5), new byte[] { 1, 2 },
                new byte[] { 3 }, new byte[] { 4, 5 },
            ],
            _service.Received);
    }

    [Fact]
    public async Task Nullables_ArriveAsSent()
    {
        Assert.Null(await _proxy.Nullables(null, null, null, null, null, null, null, null, null));
        Assert.All(_service.Received, Assert.Null);

        DateTime time = DateTime.UnixEpoch;
        Assert.Equal(5, await _proxy.Nullables(false, time, Kind.Two, "", [], (1, "x"), new byte[] { 1 }, new byte[] { 2 },
            KeyValuePair.Create(3, 4)));
        Assert.Equal(
            [false, time, Kind.Two, "", Array.Empty<byte>(), (1, "x"), new byte[] { 1 }, new byte[] { 2 }, KeyValuePair.Create(3, 4)],
            _service.Received);
    }

    [Fact]
    public async Task Enums_ArriveAsSent_AlsoUndefinedValues()
    {
        Assert.Equal((Kind)77, await _proxy.Enums((Kind)77, Small.Min, Big.Max));
        Assert.Equal([(Kind)77, Small.Min, Big.Max], _service.Received);
    }

    [Fact]
    public async Task Collections_ArriveAsSent()
    {
        int[] numbers = [.. Enumerable.Range(-20, 10_000)];
        object?[] sent =
        [
            numbers, new[] { "a", null }, new int[][][] { [[1, 2], []], [] }, new List<int>(numbers), new List<byte> { 1, 200 },
            new List<Kind> { Kind.One }, Lazily("x", "y"), new List<int?> { 1, null }, new Queue<int>([4, 5]),
            new HashSet<string?> { "s", null }, new SortedSet<int> { 1, 2 }, new HashSet<int> { 7 }, new List<int>[] { [1], [] }, new byte[][] { [1], [] },
        ];

        int[] result = await _proxy.Collections(
            numbers, (string?[])sent[1]!, (int[][][])sent[2]!, (List<int>)sent[3]!, (IList<byte>)sent[4]!, (ICollection<Kind>)sent[5]!,
            (IEnumerable<string>)sent[6]!, (IReadOnlyList<int?>)sent[7]!, (IReadOnlyCollection<int>)sent[8]!, (HashSet<string?>)sent[9]!,
            (ISet<int>)sent[10]!, (IReadOnlySet<int>)sent[11]!, (List<int>[])sent[12]!, (byte[][])sent[13]!);

        Assert.Equal(numbers, result);
        for (int i = 0; i < sent.Length; i++)
            Assert.Equal(((IEnumerable)sent[i]!).Cast<object?>(), ((IEnumerable)_service.Received[i]!).Cast<object?>());
    }

    [Fact]
    public async Task NullCollections_ArriveAsNull_EvenWhereTheSignatureSaysOtherwise()
    {
        Assert.Null(await _proxy.Collections(
            null!, null, null!, null!, null!, null!, null!, null!, null!, null!, null!, null!, null!, null!));
        Assert.All(_service.Received, Assert.Null);
    }

    [Fact]
    public async Task Dictionaries_ArriveAsSent()
    {
        Dictionary<string, int> result = await _proxy.Dictionaries(
            new() { [1] = "a", [-5] = null }, new Dictionary<string, List<int>> { ["k"] = [1, 2] },
            new Dictionary<Kind, Dictionary<string, int[]>> { [Kind.One] = new() { ["z"] = [3] } }, null);

        Assert.Equal(new Dictionary<string, int> { ["x"] = 1 }, result);
        Assert.Equal(new Dictionary<int, string?> { [1] = "a", [-5] = null }, _service.Received[0]);
        Assert.Equal([1, 2], ((IDictionary<string, List<int>>)_service.Received[1]!)["k"]);
        Assert.Equal([3], ((IReadOnlyDictionary<Kind, Dictionary<string, int[]>>)_service.Received[2]!)[Kind.One]["z"]);
        Assert.Null(_service.Received[3]);
    }

    [Fact]
    public async Task Tuples_ArriveAsSent()
    {
        var nine = (1, 2, 3, 4, 5, 6, 7, 8, 9);
        Dictionary<(int, int), string> dictionary = new() { [(1, 2)] = "x" };

        Assert.Equal((7, null), await _proxy.Tuples(
            (1, ("b", 2)), Tuple.Create(3, "c"), KeyValuePair.Create("k", (int?)null), ValueTuple.Create(4), nine,
                Tuple.Create(1, 2, 3, 4, 5, 6, 7, 8), dictionary));

        Assert.Equal(
            [(1, ("b", 2)), Tuple.Create(3, "c"), KeyValuePair.Create("k", (int?)null), ValueTuple.Create(4), nine,
                Tuple.Create(1, 2, 3, 4, 5, 6, 7, 8), dictionary],
            _service.Received);
    }

    [Fact]
    public async Task CollectionThatChangesWhileItIsWritten_FailsTheCall()
    {
        RpcSerializationException error = await Assert.ThrowsAsync<RpcSerializationException>(async () => await _proxy.Collections(
            [], null, [], [], [], [], [], [], new Liar(), [], new HashSet<int>(), new HashSet<int>(), [], []));

        Assert.Contains("IReadOnlyCollection<int>", error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Lazily(params string[] items)
    {
        foreach (string item in items) yield return item;
    }

    /// <summary>Says it has two elements and gives one, as a collection does that another thread changes.</summary>
    private sealed class Liar : IReadOnlyCollection<int>
    {
        public int Count => 2;

        public IEnumerator<int> GetEnumerator()
        {
            yield return 1;
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
