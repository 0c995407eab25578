[Service]
public partial interface IGreeter
{
    ValueTask A(CancellationToken token, int a);

    ValueTask B(CancellationToken first, CancellationToken second);
}
