[Service]
public partial interface IGreeter
{
    void A();

    string B();

    ref ValueTask C();

    Task<int>[] D();
}
