[Service]
public partial interface IGreeter
{
    ValueTask A(Negative a, Empty b, Control c, Big d);
}

public record Negative([property: Key(-1)] int A);

public record Empty([property: Key("")] int A);

public record Control([property: Key("a\n")] int A);

public record Big([property: Key(65536)] int A);
