using System.Collections.Concurrent;

namespace SourceGen.Rpc.Tests.Support;

/// <summary>The implementation; what <see cref="RunAsync"/> does is the test's.</summary>
internal sealed class Lab : ILab
{
    private readonly ConcurrentDictionary<string, Func<CancellationToken, ValueTask<int>>> _scripts = new();

    /// <summary>What <see cref="NoteAsync"/> got, in the order it ran.</summary>
    public ConcurrentQueue<int> Notes { get; } = new();

    /// <summary>Called after each note.</summary>
    public Action<int>? OnNote { get; set; }

    public Func<Awkward, Awkward> OnAwkward { get; set; } = static value => value;

    public void On(string what, Func<CancellationToken, ValueTask<int>> script) => _scripts[what] = script;

    public ValueTask<int> AddAsync(int a, int b) => new(a + b);

    public ValueTask<int> AddCancellableAsync(int a, int b, CancellationToken ct = default) => new(a + b);

    public ValueTask<byte[]> EchoAsync(byte[] payload) => new(payload);

    public ValueTask<byte[]> BlobAsync(int size) => new(new byte[size]);

    public async Task<string> GreetAsync(string name, int times = 2)
    {
        await Task.Yield();
        return string.Join(' ', Enumerable.Repeat($"hello {name}", times));
    }

    public async ValueTask ResetAsync()
    {
        await Task.Yield();
        Notes.Clear();
    }

    public Task PokeAsync() => Task.CompletedTask;

    public ValueTask NoteAsync(int value)
    {
        Notes.Enqueue(value);
        OnNote?.Invoke(value);
        return default;
    }

    public ValueTask<int> RunAsync(string what, CancellationToken ct = default) => _scripts[what](ct);

    public ValueTask<int> RunBrieflyAsync(string what, CancellationToken ct = default) => _scripts[what](ct);

    public ValueTask<int> ConsumeAsync(string what, byte[] bytes, CancellationToken ct = default) => _scripts[what](ct);

    public ValueTask<Awkward> AwkwardAsync(Awkward value) => new(OnAwkward(value));
}
