[Service]
public partial interface IGreeter
{
    ValueTask A(Indexes a, Names b);
}

public record Indexes([property: Key(1)] int A, [property: Key(1)] int B);

public record Names(int A, [property: Key("A")] int B);
