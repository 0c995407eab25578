namespace Inheritance;

public partial interface IPlain
{
    ValueTask<int> PlainAsync(int value);

    int WithBody => 5;

    static int Static() => 5;

    ValueTask<int> HelperAsync() => PlainAsync(5);
}

[Service]
public partial interface IBase : IPlain
{
    ValueTask<string> BaseAsync(string value, CancellationToken ct = default);

    ValueTask<int> OverloadAsync(int value);
}

public partial interface IOther : IPlain
{
    [Method(Name = "OtherPing")]
    Task PingAsync();
}

[Service(Name = "derived.service")]
public partial interface IDerived : IBase, IOther
{
    [Method(Name = "OverloadLong")]
    ValueTask<int> OverloadAsync(long value);

    Task PingAsync(int value);

    [Method(Name = "NewBase")]
    new ValueTask<string> BaseAsync(string value, CancellationToken ct = default);

    [Obsolete("Use another.")]
    ValueTask OldAsync(Old old);

    async ValueTask<int> IPlain.HelperAsync() => await OverloadAsync(5L);
}

[Obsolete]
public record Old([property: Obsolete] int A);
