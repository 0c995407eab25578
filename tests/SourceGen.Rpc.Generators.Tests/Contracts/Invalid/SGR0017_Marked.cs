[Service]
public partial interface IGreeter
{
    ValueTask A(Unmatched a, Hidden b);
}

public class Unmatched
{
    public Unmatched()
    {
    }

    [SerializationConstructor]
    public Unmatched(string other) => A = other.Length;

    public int A { get; set; }
}

public class Hidden
{
    public Hidden()
    {
    }

    [SerializationConstructor]
    private Hidden(int a) => A = a;

    public int A { get; set; }
}
