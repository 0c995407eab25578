[Service]
public partial interface IGreeter
{
    ValueTask A(Keyed a, Two b, GetterOnly c, Good d);

    ValueTask B(UnknownMembers a, List<UnknownMembers> b);
}

public class Keyed
{
    [Key(0)]
    public int A { get; set; }

    [Key(1)]
    public UnknownMembers? B { get; set; }
}

public class Two
{
    public UnknownMembers? A { get; set; }

    public UnknownMembers? B { get; set; }
}

public class GetterOnly
{
    public int A { get; set; }

    public UnknownMembers? B { get; }
}

public class Good
{
    [Key(0)]
    public int A { get; set; }

    public UnknownMembers? B { get; set; }

    [IgnoreMember]
    public UnknownMembers? C { get; set; }
}
