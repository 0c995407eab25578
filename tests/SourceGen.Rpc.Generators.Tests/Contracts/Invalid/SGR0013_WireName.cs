[Service(Name = "")]
public partial interface IEmpty;

[Service(Name = "a b", Version = "1\n")]
public partial interface ISpace
{
    [Method(Name = "")]
    ValueTask A();

    [Method(Name = "a/b")]
    ValueTask B();

    [Method(Name = "\u0001")]
    ValueTask C();

    [Method(Name = "\ud800")]
    ValueTask D();

    [Method(Name = "ééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé")]
    ValueTask E();
}
