[Service]
public partial interface IVault
{
    ValueTask OpenAsync();

    [RequireAuthorization]
    ValueTask PaintAsync();

    [AllowAnonymous]
    ValueTask KnockAsync() => OpenAsync();
}

public abstract class Vault : IVault
{
    [RequireAuthorization(Roles = ["keeper"])]
    public ValueTask OpenAsync() => default;

    [RequireAuthorization]
    public abstract ValueTask PaintAsync();
}
