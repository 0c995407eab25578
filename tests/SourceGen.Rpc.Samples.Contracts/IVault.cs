namespace SourceGen.Rpc.Samples.Contracts;

// <security>
[Service]
[RequireAuthorization]                                          // any authenticated caller: the default, where the server authenticates
public partial interface IVault
{
    [RequireAuthorization(Roles = ["keeper", "owner"])]         // one of these roles
    ValueTask OpenAsync();

    [RequireAuthorization("adult"), RequireAuthorization(Roles = ["owner"])]    // both
    ValueTask SellAsync();

    [AllowAnonymous]
    ValueTask<string> GreetAsync();
}
// </security>
