public partial class Outer<T>
{
    [Service]
    public partial interface IGreeter
    {
        ValueTask HelloAsync();
    }
}
