[Service]
public partial interface IGreeter
{
    ValueTask A(Box<int> box, Outer<int>.Inner inner, Derived derived, Rest<int> rest);

    ValueTask B(Good<int> good, Ignored<int> ignored);
}

public class Box<T>
{
    [Key(0)]
    public T? Value { get; private set; }
}

public class Outer<T>
{
    public class Inner
    {
        [Key("v")]
        public int Value { get; protected set; }
    }
}

public class Derived : Box<string>;

public class Rest<T>
{
    public T? Value { get; set; }

    public UnknownMembers? Unknown { get; private set; }
}

public class Good<T>(T value)
{
    [Key(0)]
    public T Value { get; private set; } = value;

    public T? Kept { get; private set; }
}

public class Ignored<T>
{
    [IgnoreMember]
    public T? Value { get; private set; }

    public T? Other { get; set; }
}
