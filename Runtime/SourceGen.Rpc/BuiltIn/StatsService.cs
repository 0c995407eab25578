namespace SourceGen.Rpc.BuiltIn;

/// <summary>Answers with what the server has counted.</summary>
internal sealed class StatsService(Func<string, ServerStats> read) : IStats
{
    /// <inheritdoc/>
    public ValueTask<ServerStats> GetAsync(string service = "", CancellationToken cancellationToken = default) => new(read(service ?? ""));
}
