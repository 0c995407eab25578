namespace SourceGen.Rpc.BuiltIn;

/// <summary>The built-in service <c>rpc.Stats</c>: what a server has done since it started, and what it is doing.</summary>
[Service(Name = "rpc.Stats")]
public partial interface IStats
{
    /// <summary>Gets the figures.</summary>
    /// <param name="service">The service whose methods are wanted, by its name on the wire; empty for all of them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    [Method(Idempotent = true)]
    ValueTask<ServerStats> GetAsync(string service = "", CancellationToken cancellationToken = default);
}
