using System.Text;
using SourceGen.Rpc.Brokers.Conformance;
using SourceGen.Rpc.Registries.Memory;

namespace SourceGen.Rpc.PubSub.Tests.Direct;

/// <summary>Brokers that find each other in a registry of the test's own.</summary>
internal sealed class DirectLab : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly MemoryRegistryStore _store = new();
    private readonly List<IAsyncDisposable> _things = [];

    public MemoryRegistry NewRegistry()
    {
        MemoryRegistry registry = new(new MemoryRegistryOptions { Name = "lab", Store = _store });
        _things.Add(registry);
        return registry;
    }

    public async Task<DirectBroker> ConnectAsync(Action<DirectBrokerOptions>? configure = null)
    {
        DirectBrokerOptions options = new() { Registry = NewRegistry(), PublishTimeout = TimeSpan.FromSeconds(2) };
        configure?.Invoke(options);
        DirectBroker broker = new(options);
        _things.Add(broker);
        await broker.ConnectAsync();
        return broker;
    }

    public static async Task KnowAsync(DirectBroker broker, string topic, int subscriptions) =>
        await UntilAsync(() => broker.Hub!.CountReady(topic) >= subscriptions, $"{subscriptions} subscriptions to '{topic}' to be known");

    public static async Task UntilAsync(Func<bool> isSo, string what)
    {
        long start = Environment.TickCount64;
        while (!isSo())
        {
            Assert.True(Environment.TickCount64 - start < Patience.TotalMilliseconds, $"Waited in vain for {what}.");
            await Task.Delay(5);
        }
    }

    public static Inbox Gated(TaskCompletionSource gate) => new()
    {
        Handling = async (_, _) =>
        {
            await gate.Task;
            return MessageOutcome.Acknowledge;
        },
    };

    public static TaskCompletionSource NewGate() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static OutgoingMessage Message(string text, ulong? key = null) => new("t", Encoding.UTF8.GetBytes(text)) { Key = key };

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable thing in Enumerable.Reverse(_things).OrderBy(static thing => thing is MemoryRegistry)) await thing.DisposeAsync();
    }
}
