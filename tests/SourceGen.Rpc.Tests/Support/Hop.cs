using System.Collections.Concurrent;

namespace SourceGen.Rpc.Tests.Support;

/// <summary>The implementation, the same on both ends.</summary>
internal sealed class Hop : IHop
{
    /// <summary>What <see cref="LandAsync"/> got.</summary>
    public ConcurrentBag<int> Landed { get; } = [];

    /// <summary>What <see cref="LandAsync"/> waits for.</summary>
    public Func<Task> BeforeLanding { get; set; } = static () => Task.CompletedTask;

    public ValueTask<int> HopAsync(int left, bool blocking)
    {
        if (left == 0) return new ValueTask<int>(0);
        ValueTask<int> rest = RpcContext.GetCaller<IHop>().HopAsync(left - 1, blocking);
        return blocking ? new ValueTask<int>(rest.AsTask().GetAwaiter().GetResult() + 1) : AddOneAsync(rest);
    }

    public async ValueTask SkipAsync(int value) => await RpcContext.GetCaller<IHop>().LandAsync(value);

    public async ValueTask LandAsync(int value)
    {
        await BeforeLanding();
        Landed.Add(value);
    }

    private static async ValueTask<int> AddOneAsync(ValueTask<int> rest) => await rest + 1;
}
