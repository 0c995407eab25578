// How many messages a second go through brokers.
using SourceGen.Rpc.Benchmarks.PubSub.Direct;
using SourceGen.Rpc.Benchmarks.PubSub.Memory;

const string Names = "memory, direct";
if (args is not [var name, ..])
{
    Console.Error.WriteLine($"Say which broker: {Names}.");
    return 1;
}

switch (name)
{
    case "memory":
        await MemoryThroughput.RunAsync();
        return 0;
    case "direct":
        await DirectThroughput.PublishAsync(rounds: 5, TimeSpan.FromSeconds(3));
        return 0;
    case "direct-subscriber" when args is [_, var registry]: // The other process of direct, which starts it.
        await DirectThroughput.SubscribeAsync(registry);
        return 0;
    default:
        Console.Error.WriteLine($"There is no benchmark of '{name}'. There are: {Names}.");
        return 1;
}
