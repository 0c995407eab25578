[Service]
public partial interface IGreeter
{
    ValueTask A(Item item);
}

public record Item([property: Key(0)] int A, [property: Key("b")] int B);
