[Service]
public partial interface IGreeter
{
    [OneWay]
    ValueTask<int> A();

    [OneWay]
    Task<int> B();
}
