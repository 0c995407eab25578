using System.Collections.Concurrent;

[Service]
public partial interface IGreeter
{
    ValueTask A(Type a, Lazy<int> b, BlockingCollection<int> c, System.Collections.Hashtable d, System.Collections.IList e, int[,,,,] f);

    ValueTask B(SortedSet<Unordered> a, SortedDictionary<Uri, int> b, PriorityQueue<int, byte[]> c, SortedList<Unordered?, int> d);

    ValueTask C(Queue<object> a, System.Linq.ILookup<object, int> b, Memory<Action> c, System.Collections.Immutable.ImmutableArray<Type> d);

    ValueTask D(MyList a, MyDictionary b);
}

public record Unordered(int A);

public class MyList : List<int>
{
    public string? Title { get; set; }
}

public class MyDictionary : SortedDictionary<int, int>;
