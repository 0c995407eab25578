using System.Runtime.CompilerServices;

namespace SourceGen.Rpc.Load;

/// <summary>The service that the server process runs.</summary>
internal sealed class LoadService : ILoadService
{
    private static readonly TimeSpan BlockTime = TimeSpan.FromMilliseconds(50);

    public ValueTask<int> AddAsync(int a, int b) => new(a + b);

    public ValueTask<EchoMessage> EchoAsync(EchoMessage message) => new(message);

    public ValueTask<int> SometimesBlockAsync(int n)
    {
        // A blocked thread is the subject of the measurement: what a careless handler does to everybody else's calls.
#pragma warning disable SGR0076
        if (Blocks(n)) Thread.Sleep(BlockTime);
#pragma warning restore SGR0076
        return new(n);
    }

    public async IAsyncEnumerable<LoadItem> DownAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        for (int i = 0; !cancellationToken.IsCancellationRequested; i++) yield return LoadData.CreateItem(i);
    }

    public async ValueTask<long> UpAsync(IAsyncEnumerable<LoadItem> items)
    {
        int next = 0;
        await foreach (LoadItem item in items) LoadData.Check(item, next++);
        return next;
    }

    public async IAsyncEnumerable<LoadItem> ReturnAsync(IAsyncEnumerable<LoadItem> items)
    {
        await foreach (LoadItem item in items) yield return item;
    }

    /// <summary>Whether the call with this number blocks.</summary>
    public static bool Blocks(int n) => n % 100 == 0;
}
