[Service]
public partial interface IGreeter
{
    ValueTask A(Item item);
}

public class Item
{
    public int A => B;

    public int B { get; }
}
