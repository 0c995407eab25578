[Service]
public partial interface IGreeter
{
    ValueTask A(Item item);
}

public class Item
{
    public int A { get; private set; }

    public int B { get; }
}
