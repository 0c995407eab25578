[Service]
public partial interface IBase
{
    ValueTask HelloAsync();
}

[Service]
public partial interface IHidden : IBase
{
    new ValueTask HelloAsync();
}

[Service]
public partial interface IOverloads
{
    ValueTask Add(int a);

    ValueTask AddAsync(int a);

    ValueTask Add(long a);
}
