[Service]
public partial interface IGreeter
{
    ValueTask A(Item item);
}

public class Item
{
    [Key(0)]
    public int A { get; set; }

    [Key(1)]
    public int GetterOnly => A;

    [Key(2)]
    internal int Internal { get; set; }

    [Key(3)]
    public static int Static { get; set; }

    [Key(4), IgnoreMember]
    public int Ignored { get; set; }

    [Key(5)]
    public int NoGetter { private get; set; }

    [Key(6)]
    public int PrivateSetter { get; private set; }
}
