[Service]
public partial interface IGreeter
{
    ValueTask A(object a, dynamic b, Action c, nint d, int[,,,,] e, Span<int> f, IShape g, Shape h, Delegate i);

    unsafe ValueTask B(int* a, delegate*<void> b);

    ValueTask C(
        TimeZoneInfo a, System.Globalization.CultureInfo b, Stream c, System.Collections.ArrayList d, IAsyncDisposable e, Exception f, MyError g, MyList h, ValueTuple i);

    ValueTask<Task<int>> D(System.Collections.IEnumerable a, Memory<object> b, IComparable c);

    ValueTask E(Growing<int> growing);
}

public interface IShape;

public abstract class Shape;

public class MyError : Exception;

public class MyList : List<int>;

public class Stream;

public class Growing<T>
{
    public Growing<List<T>>? Next { get; set; }
}
