[Service]
public partial interface IGreeter
{
    protected ValueTask A();
}
