namespace SourceGen.Rpc.Telemetry.Tests.Support;

/// <summary>What the client offers.</summary>
internal sealed class CallbackProbe : IProbe
{
    public ValueTask<int> AddAsync(int a, int b) => new(a + b);

    public ValueTask<string> RunAsync(string what, CancellationToken ct = default) => throw new NotSupportedException();

    public ValueTask<string> AskAsync(string what, CancellationToken ct = default) => throw new NotSupportedException();

    public ValueTask<string> RunBrieflyAsync(string what, CancellationToken ct = default) => throw new NotSupportedException();

    public Task DoAsync(string what) => throw new NotSupportedException();

    public ValueTask TellAsync(string what) => throw new NotSupportedException();

    public IAsyncEnumerable<int> DownAsync(string what, CancellationToken ct = default) => throw new NotSupportedException();

    public ValueTask<int> UpAsync(string what, IAsyncEnumerable<int> numbers, CancellationToken ct = default) =>
        throw new NotSupportedException();

    public IAsyncEnumerable<int> BothAsync(string what, IAsyncEnumerable<int> numbers, CancellationToken ct = default) =>
        throw new NotSupportedException();

    public ValueTask<Brittle> EchoAsync(Brittle value) => throw new NotSupportedException();
}
