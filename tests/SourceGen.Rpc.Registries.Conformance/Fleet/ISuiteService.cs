namespace SourceGen.Rpc.Registries.Conformance;

/// <summary>What the servers of <see cref="FleetConformance"/> offer.</summary>
[Service]
public partial interface ISuiteService
{
    /// <summary>Says which server answers.</summary>
    [Method(Idempotent = true)]
    ValueTask<int> WhoAsync(CancellationToken cancellationToken = default);
}

internal sealed class SuiteService(int number) : ISuiteService
{
    private long _calls;

    public long Calls => Interlocked.Read(ref _calls);

    public ValueTask<int> WhoAsync(CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _calls);
        return new(number);
    }
}
