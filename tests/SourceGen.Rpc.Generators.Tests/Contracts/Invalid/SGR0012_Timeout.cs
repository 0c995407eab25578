[Service]
public partial interface IGreeter
{
    [Method(TimeoutMs = -2)]
    ValueTask A();
}
