public interface IDoor
{
    ValueTask KnockAsync();
}

[AllowAnonymous, RequireAuthorization]
public interface IGate
{
    ValueTask PassAsync();
}

[Service]
public partial interface IVault : IDoor, IGate
{
    [AllowAnonymous, RequireAuthorization(Roles = ["keeper"])]
    ValueTask OpenAsync();
}
