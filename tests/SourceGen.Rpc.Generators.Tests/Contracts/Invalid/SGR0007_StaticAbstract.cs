[Service]
public partial interface IGreeter
{
    static abstract ValueTask HelloAsync();

    static abstract int Count { get; }

    static abstract bool operator +(IGreeter greeter);
}
