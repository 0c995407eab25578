namespace SourceGen.Rpc.Benchmarks.Selection.Overload;

/// <summary>What it asks has so many places, and takes 20 ms.</summary>
internal sealed class Dependent(int places) : IDependent
{
    private readonly SemaphoreSlim _places = new(places);

    public async Task AskAsync()
    {
        await _places.WaitAsync().ConfigureAwait(false);
        try
        {
            await Task.Delay(20).ConfigureAwait(false);
        }
        finally
        {
            _places.Release();
        }
    }
}
