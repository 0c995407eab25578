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
        if (Blocks(n)) Thread.Sleep(BlockTime);
        return new(n);
    }

    /// <summary>Whether the call with this number blocks.</summary>
    public static bool Blocks(int n) => n % 100 == 0;
}
