[Service]
public partial interface IVault
{
    [CallPolicy]
    ValueTask OpenAsync();

    [CallPolicy]
    ValueTask KnockAsync() => OpenAsync();
}

public sealed class Vault : IVault
{
    [CallPolicy(CallStrategy.Failfast)]
    public ValueTask OpenAsync() => default;
}
