[Service]
public partial interface IGreeter
{
    ValueTask A(Derived derived);
}

public class Base
{
    public int A { get; set; }
}

public class Derived : Base
{
    public new string A { get; set; } = "";
}
