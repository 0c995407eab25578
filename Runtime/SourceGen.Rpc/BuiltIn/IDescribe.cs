namespace SourceGen.Rpc.BuiltIn;

/// <summary>
/// The built-in service <c>rpc.Describe</c>: what a server offers, for tools that were compiled without its contracts.
/// </summary>
[Service(Name = "rpc.Describe")]
public partial interface IDescribe
{
    /// <summary>Lists the server's services, the built-in ones last.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    [Method(Idempotent = true)]
    ValueTask<List<ServiceSummary>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Describes one service.</summary>
    /// <param name="service">Its name on the wire, such as <c>Shop.Greeter</c>.</param>
    /// <param name="version">Its version label; empty for the one without.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException"><see cref="RpcStatusCode.NotFound"/>: the server has no such service.</exception>
    [Method(Idempotent = true)]
    ValueTask<ServiceDescription> GetAsync(string service, string version = "", CancellationToken cancellationToken = default);
}
