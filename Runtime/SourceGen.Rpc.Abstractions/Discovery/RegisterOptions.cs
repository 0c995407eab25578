namespace SourceGen.Rpc.Discovery;

/// <summary>How a registry keeps a record.</summary>
public sealed record RegisterOptions
{
    /// <summary>Leased for 90 seconds.</summary>
    public static RegisterOptions Default { get; } = new();

    /// <summary>
    /// How long the record lives without being registered again; whoever registers it does so in time, usually every third of it.
    /// Registries that know only coarser times take the next longer one they know. Default: 90 seconds.
    /// </summary>
    public TimeSpan TimeToLive { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>
    /// Whether the record stays until it is deregistered, whatever becomes of the server (Dubbo's <c>dynamic=false</c>). Default: false.
    /// </summary>
    public bool IsPersistent { get; init; }
}
