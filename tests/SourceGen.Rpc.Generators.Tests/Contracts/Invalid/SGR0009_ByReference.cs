[Service]
public partial interface IGreeter
{
    ValueTask A(ref int a);

    ValueTask B(out int b);

    ValueTask C(in int c);

    ValueTask D(ref readonly int d);
}
