namespace SourceGen.Rpc.Load;

/// <summary>
/// Takes the next number of all callers together, so that exactly one call in a hundred is a blocking one, never all callers' at once.
/// The blocking calls themselves are left out of the latencies: what counts is what happens to the others.
/// </summary>
internal struct SometimesBlockOperation(ILoadService service, SharedNumber numbers) : ICallOperation<int>
{
    private int _n;

    public ValueTask<int> Start()
    {
        _n = LoadData.FirstNumber + (numbers.Next() & 0x3FFFFFFF);
        return service.SometimesBlockAsync(_n);
    }

    public readonly bool Finish(int result) =>
        result == _n
            ? !LoadService.Blocks(_n)
            : throw new LoadException($"SometimesBlockAsync({_n}) returned {result}: replies are mixed up.");
}
