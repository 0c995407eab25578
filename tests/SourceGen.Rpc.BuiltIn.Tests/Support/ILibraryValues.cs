using System.Buffers;
using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Numerics;
using System.Text;

namespace SourceGen.Rpc.BuiltIn.Tests.Support;

/// <summary>
/// Scalars of the class library, also as keys, and collections that keep the order of their elements: those that sort or hash give back
/// another one, and arrays of several dimensions do not take any lengths.
/// </summary>
[Service]
public partial interface ILibraryValues
{
    ValueTask<Half> Scalars(
        Half a, Int128 b, UInt128 c, BigInteger d, DateOnly e, TimeOnly f, Uri? g, Version? h, Index i, Range j, Rune k, BitArray? l,
        StringBuilder? m, ArraySegment<byte> n, ReadOnlySequence<byte> o, Complex p, Vector3 q, Matrix3x2 r);

    ValueTask<Dictionary<Half, int>> Keys(
        Dictionary<Int128, int> b, Dictionary<UInt128, int> c, Dictionary<BigInteger, int> d, Dictionary<DateOnly, int> e,
        Dictionary<TimeOnly, int> f, Dictionary<Version, int> h, Dictionary<Index, int> i, Dictionary<Range, int> j,
        Dictionary<Rune, int> k);

    ValueTask<Stack<int>> Collections(
        Queue<int> a, Stack<string> b, LinkedList<int> c, Collection<int> d, ReadOnlyCollection<Half?> e, ConcurrentQueue<Rune> f,
        ConcurrentStack<int> g, ConcurrentBag<int> h, ImmutableArray<int> i, ImmutableList<int> j, ImmutableStack<int> k,
        ImmutableQueue<int> l, Memory<int> m, ArraySegment<string> n, ReadOnlySequence<DateOnly> o, OrderedDictionary<int, Uri> p,
        IGrouping<int, string> q);
}
