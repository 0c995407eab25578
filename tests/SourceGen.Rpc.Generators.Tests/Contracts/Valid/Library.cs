using System.Buffers;
using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Linq;
using System.Numerics;
using System.Text;

namespace Library;

[Service]
public partial interface ILibrary
{
    ValueTask<Half> Scalars(
        Half a, Int128 b, UInt128 c, BigInteger d, DateOnly e, TimeOnly f, Uri g, Version h, Index i, Range j, Rune k, BitArray l,
        StringBuilder m, ArraySegment<byte> n, ReadOnlySequence<byte> o, Complex p, Vector3 q, Matrix3x2 r);

    ValueTask<Half?> Nullables(
        Half? a, DateOnly? b, Uri? c, Version? d, ArraySegment<byte>? e, ImmutableArray<int>? f, Memory<int>? g, Range? h, StringBuilder? i,
        Complex? j, BitArray? k);

    ValueTask<ImmutableArray<string?>> Immutables(
        ImmutableArray<int> a, ImmutableList<int> b, ImmutableQueue<int> c, ImmutableStack<int> d, ImmutableHashSet<int> e,
        ImmutableSortedSet<int> f, ImmutableDictionary<string, int> g, ImmutableSortedDictionary<string, int> h, IImmutableList<int> i, IImmutableQueue<int> j,
        IImmutableStack<int> k, IImmutableSet<int> l, IImmutableDictionary<Kind, int> m);

    ValueTask<FrozenSet<string>> FrozenOnes(FrozenSet<long> a, FrozenDictionary<(int, int), string> b);

    ValueTask<ConcurrentBag<int>> Concurrents(ConcurrentQueue<int> a, ConcurrentStack<int> b, ConcurrentDictionary<Guid, int> c);

    ValueTask<Stack<int[]>> Collections(
        Queue<int> a, Stack<int> b, PriorityQueue<string?, int> c, LinkedList<int> d, SortedSet<Kind> e, SortedList<int, string> f,
        SortedDictionary<string, int> g, Collection<int> h, ObservableCollection<int> i, ReadOnlyCollection<int> j,
        ReadOnlyDictionary<string, int> k, OrderedDictionary<int, string> l, ReadOnlyObservableCollection<int> m);

    ValueTask<ILookup<string?, int>> Groups(IGrouping<int, string?> a, ILookup<decimal, int[]> b);

    ValueTask<Memory<int>> Memories(ReadOnlyMemory<char> a, ArraySegment<string> b, ReadOnlySequence<int> c);

    ValueTask<int[,]> Arrays(int[,,] a, string?[,,,] b, int[][,] c, int[,][] d, List<byte[,]> e);

    ValueTask<RpcBuffer?> Buffers(RpcBuffer a, int b, RpcBuffer? c = null);

    ValueTask<Page<Page<int[,]>>> Pages(
        Page<PriorityQueue<int, int>> a, Page<ImmutableArray<int>> b, Page<ILookup<int, int>> c, Page<Complex> d);
}

public enum Kind : byte
{
    One,
}

public sealed record Page<T>(T? Content);
