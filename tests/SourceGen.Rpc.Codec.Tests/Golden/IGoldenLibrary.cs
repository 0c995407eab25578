#nullable disable
using System.Buffers;
using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Numerics;
using System.Text;

namespace SourceGen.Rpc.Codec.Tests.Golden;

/// <summary>The other types of the class library among the golden cases, each as a result.</summary>
[Service]
public partial interface IGoldenLibrary
{
    ValueTask<ReadOnlySequence<byte>> Result000();

    ValueTask<ArraySegment<byte>> Result001();

    ValueTask<Memory<int>> Result002();

    ValueTask<ArraySegment<int>> Result003();

    ValueTask<ReadOnlyMemory<char>> Result004();

    ValueTask<DateOnly> Result005();

    ValueTask<DateOnly?> Result006();

    ValueTask<TimeOnly> Result007();

    ValueTask<Uri> Result008();

    ValueTask<Version> Result009();

    ValueTask<BigInteger> Result010();

    ValueTask<Complex> Result011();

    ValueTask<Half> Result012();

    ValueTask<Int128> Result013();

    ValueTask<UInt128> Result014();

    ValueTask<Rune> Result015();

    ValueTask<BitArray> Result016();

    ValueTask<StringBuilder> Result017();

    ValueTask<Vector2> Result018();

    ValueTask<Vector3> Result019();

    ValueTask<Quaternion> Result020();

    ValueTask<int[,]> Result021();

    ValueTask<int[,,]> Result022();

    ValueTask<string[,]> Result023();

    ValueTask<int[,,,]> Result024();

    ValueTask<LinkedList<int>> Result025();

    ValueTask<Queue<int>> Result026();

    ValueTask<Stack<int>> Result027();

    ValueTask<SortedSet<int>> Result028();

    ValueTask<ObservableCollection<string>> Result029();

    ValueTask<ReadOnlyCollection<int>> Result030();

    ValueTask<Collection<int>> Result031();

    ValueTask<ReadOnlyObservableCollection<int>> Result032();

    ValueTask<SortedDictionary<string, int>> Result033();

    ValueTask<SortedList<int, string>> Result034();

    ValueTask<ReadOnlyDictionary<string, int>> Result035();

    ValueTask<OrderedDictionary<string, int>> Result036();

    ValueTask<ILookup<bool, int>> Result037();

    ValueTask<IGrouping<int, string>> Result038();

    ValueTask<ImmutableArray<int>> Result039();

    ValueTask<ImmutableList<string>> Result040();

    ValueTask<ImmutableDictionary<int, string>> Result041();

    ValueTask<ImmutableSortedDictionary<string, int>> Result042();

    ValueTask<ImmutableHashSet<int>> Result043();

    ValueTask<ImmutableSortedSet<int>> Result044();

    ValueTask<ImmutableQueue<int>> Result045();

    ValueTask<ImmutableStack<int>> Result046();

    ValueTask<IImmutableList<int>> Result047();

    ValueTask<ImmutableArray<int>?> Result048();

    ValueTask<FrozenSet<int>> Result049();

    ValueTask<FrozenDictionary<string, int>> Result050();

    ValueTask<ConcurrentQueue<int>> Result051();

    ValueTask<ConcurrentStack<int>> Result052();

    ValueTask<ConcurrentBag<int>> Result053();

    ValueTask<ConcurrentDictionary<int, string>> Result054();

    ValueTask<PriorityQueue<string, int>> Result055();
}
