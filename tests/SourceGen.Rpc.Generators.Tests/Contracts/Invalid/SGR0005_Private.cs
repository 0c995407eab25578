public partial class Outer
{
    [Service]
    private partial interface IGreeter
    {
        ValueTask HelloAsync();
    }
}
