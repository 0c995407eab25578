namespace SourceGen.Rpc.Telemetry.Tests.Support;

/// <summary>A service with methods of every shape, which do what the test put under a name.</summary>
[Service(Name = "Tests.Probe")]
public partial interface IProbe
{
    ValueTask<int> AddAsync(int a, int b);

    [Throws<ProbeException>(Code = RpcStatusCode.NotFound)]
    ValueTask<string> RunAsync(string what, CancellationToken ct = default);

    /// <summary>As <see cref="RunAsync"/>, and may run twice.</summary>
    [Method(Idempotent = true)]
    ValueTask<string> AskAsync(string what, CancellationToken ct = default);

    [Method(TimeoutMs = 60)]
    ValueTask<string> RunBrieflyAsync(string what, CancellationToken ct = default);

    Task DoAsync(string what);

    [OneWay]
    ValueTask TellAsync(string what);

    IAsyncEnumerable<int> DownAsync(string what, CancellationToken ct = default);

    ValueTask<int> UpAsync(string what, IAsyncEnumerable<int> numbers, CancellationToken ct = default);

    IAsyncEnumerable<int> BothAsync(string what, IAsyncEnumerable<int> numbers, CancellationToken ct = default);

    /// <summary>Answers with what it got.</summary>
    ValueTask<Brittle> EchoAsync(Brittle value);
}

/// <summary>An exception that the contract declares.</summary>
public sealed class ProbeException(string message) : Exception(message);

/// <summary>A value that cannot be written when it is -1, and comes back as one that cannot when it is -2.</summary>
public sealed class Brittle
{
    private int _value;

    public int Value
    {
        get => _value != -1 ? _value : throw new InvalidOperationException("minus one cannot be written");
        set => _value = value == -2 ? -1 : value;
    }

    public static Brittle Of(int value) => new() { _value = value };
}
