using System.Diagnostics;
using System.Reflection;
using SourceGen.Rpc.Discovery.Tests.Directory;
using SourceGen.Rpc.Discovery.Tests.Support;

namespace SourceGen.Rpc.Discovery.Tests.Client;

/// <summary>Alone, because the allocations are those of the process.</summary>
[Collection(nameof(AloneCollection))]
public sealed class DiscoveredAllocationTests
{
    [Fact]
    public async Task ACallThatWorksAllocatesNoMoreThanOneToASingleServer()
    {
        await using Fleet fleet = new();
        RpcServer server = await fleet.StartAsync("a");
        await using RpcClient direct = RpcClient.Create(server.Addresses[0].ToString());
        double single = await MeasureAsync(direct.Get<IPing>());
        double discovered = await MeasureAsync(fleet.Client.Get<IPing>());

        // Without optimization the compiler makes state machines objects, which the pool of their boxes does not help.
        bool isOptimized = typeof(RpcClient).Assembly.GetCustomAttribute<DebuggableAttribute>() is not { IsJITOptimizerDisabled: true };
        Assert.True(discovered < single + (isOptimized ? 4 : 400), $"{discovered} B a call, {single} B at a single server");

        static async Task<double> MeasureAsync(IPing ping)
        {
            const int Count = 10_000;
            for (int i = 0; i < Count / 4; i++) await ping.ActAsync();
            double least = double.MaxValue; // Of some rounds, as a busy machine makes the engine allocate now and then.
            for (int round = 0; round < 5; round++)
            {
                long before = GC.GetTotalAllocatedBytes(precise: true);
                for (int i = 0; i < Count; i++) await ping.ActAsync();
                least = Math.Min(least, (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)Count);
            }

            return least;
        }
    }
}
