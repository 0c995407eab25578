public partial class Outer
{
    private class Inner
    {
        public int A { get; set; }
    }

    [Service]
    internal partial interface IGreeter
    {
        internal ValueTask A(Local local, Generic<Local> generic);
    }
}

file class Local
{
    public int A { get; set; }
}

internal class Generic<T>
{
    public int A { get; set; }
}
