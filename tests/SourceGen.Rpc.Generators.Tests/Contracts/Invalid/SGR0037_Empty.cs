[Service]
[RequireAuthorization(" ")]
public partial interface IVault
{
    [RequireAuthorization("")]
    ValueTask CloseAsync();

    [RequireAuthorization(Roles = [])]
    ValueTask OpenAsync();

    [RequireAuthorization(Roles = ["keeper", ""])]
    [RequireAuthorization("fine", Roles = null)]
    ValueTask PaintAsync();
}
