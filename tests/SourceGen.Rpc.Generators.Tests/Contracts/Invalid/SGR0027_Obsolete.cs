[Service]
public partial interface IGreeter
{
    [Obsolete("Gone.", error: true)]
    ValueTask A();

    ValueTask B(Item item);
}

public class Item
{
    [Obsolete("Gone.", error: true)]
    public int A { get; set; }
}
