[Service]
public partial interface IGreeter
{
    ValueTask A(Hidden a, Other b, WrongType c, RequiredIgnored d, RequiredPrivate e);
}

public class Hidden
{
    private Hidden() { }

    public int A { get; set; }
}

public class Other(int unrelated)
{
    public int A { get; } = unrelated;
}

public class WrongType(string a)
{
    public int A { get; } = a.Length;
}

public class RequiredIgnored
{
    [IgnoreMember]
    public required int A { get; set; }
}

public class RequiredPrivate
{
    public int A { get; set; }

    public required int B { internal get; set; }
}
