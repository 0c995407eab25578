using System.Runtime.CompilerServices;

namespace SourceGen.Rpc.Discovery.Tests.Support;

/// <summary>A service whose answers say who gave them.</summary>
[Service(Name = "Tests.Ping")]
public partial interface IPing
{
    ValueTask<string> WhoAsync(CancellationToken cancellationToken = default);

    /// <summary>Answers only when <see cref="Ping.Gate"/> lets it, and may run twice.</summary>
    [Method(Idempotent = true)]
    ValueTask<string> WaitAsync(CancellationToken cancellationToken = default);

    /// <summary>The same, and must not run twice.</summary>
    ValueTask<string> WaitOnceAsync(CancellationToken cancellationToken = default);

    /// <summary>Does what <see cref="Ping.Doing"/> says, and may run twice. Its result may be null.</summary>
    [Method(Idempotent = true)]
    ValueTask<string?> DoAsync(CancellationToken cancellationToken = default);

    /// <summary>The same, and must not run twice.</summary>
    ValueTask<string?> DoOnceAsync(CancellationToken cancellationToken = default);

    [Method(TimeoutMs = 300)]
    ValueTask<string> ShortAsync(CancellationToken cancellationToken = default);

    ValueTask<string> KeyedAsync([HashKey] string key, CancellationToken cancellationToken = default);

    ValueTask ActAsync(CancellationToken cancellationToken = default);

    [OneWay]
    ValueTask TellAsync(int number);

    IAsyncEnumerable<string> CountAsync(int count, CancellationToken cancellationToken = default);

    ValueTask<string> SumAsync(IAsyncEnumerable<int> numbers, CancellationToken cancellationToken = default);

    ValueTask PutAsync(IAsyncEnumerable<int> numbers, CancellationToken cancellationToken = default);

    IAsyncEnumerable<string> EchoAsync(IAsyncEnumerable<int> numbers, CancellationToken cancellationToken = default);
}

internal sealed class Ping(string name) : IPing
{
    public int Calls;

    /// <summary>What <see cref="DoAsync"/> does. At first it answers who it is.</summary>
    public Func<CancellationToken, ValueTask<string?>> Doing { get; set; } = _ => new(name);

    /// <summary>Runs where a method with a stream begins.</summary>
    public Action Streaming { get; set; } = static () => { };

    public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ValueTask<string> WhoAsync(CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref Calls);
        return new(name);
    }

    public async ValueTask<string> WaitAsync(CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref Calls);
        Entered.TrySetResult();
        await Gate.Task.WaitAsync(cancellationToken);
        return name;
    }

    public ValueTask<string> WaitOnceAsync(CancellationToken cancellationToken = default) => WaitAsync(cancellationToken);

    public ValueTask<string?> DoAsync(CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref Calls);
        return Doing(cancellationToken);
    }

    public ValueTask<string?> DoOnceAsync(CancellationToken cancellationToken = default) => DoAsync(cancellationToken);

    public ValueTask<string> ShortAsync(CancellationToken cancellationToken = default) => WaitAsync(cancellationToken);

    public ValueTask<string> KeyedAsync(string key, CancellationToken cancellationToken = default) => WhoAsync(cancellationToken);

    public ValueTask ActAsync(CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref Calls);
        return default;
    }

    public ValueTask TellAsync(int number)
    {
        Interlocked.Increment(ref Calls);
        return default;
    }

    public async IAsyncEnumerable<string> CountAsync(int count, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref Calls);
        Streaming();
        for (int i = 0; i < count; i++)
        {
            await Task.Yield();
            yield return $"{name} {i}";
        }
    }

    public async ValueTask<string> SumAsync(IAsyncEnumerable<int> numbers, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref Calls);
        Streaming();
        int sum = 0;
        await foreach (int number in numbers.WithCancellation(cancellationToken)) sum += number;
        return $"{name} {sum}";
    }

    public async ValueTask PutAsync(IAsyncEnumerable<int> numbers, CancellationToken cancellationToken = default) =>
        await SumAsync(numbers, cancellationToken);

    public async IAsyncEnumerable<string> EchoAsync(
        IAsyncEnumerable<int> numbers, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref Calls);
        await foreach (int number in numbers.WithCancellation(cancellationToken)) yield return $"{name} {number}";
    }
}
