using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Tests.EndToEnd;

/// <summary>Alone, because the process has few such threads to give.</summary>
[Collection(nameof(Alone))]
public sealed class OwnThreadEndToEndTests
{
    [Theory]
    [InlineData("tcp://127.0.0.1:0")]
    [InlineData("unix://")]
    public async Task ABusyConnection_MovesToAThreadOfItsOwnAndBack(string address)
    {
        await using LabHost host = await LabHost.StartAsync(address);
        RpcClient client = await host.ConnectAsync();
        ILab lab = client.Get<ILab>();
        RpcConnection here = LabHost.ConnectionOf(client);
        Assert.Equal(3, await lab.AddAsync(1, 2).Soon());
        Assert.False(here.HasOwnThread);
        RpcConnection there = Assert.Single(host.Connections);

        while (!here.HasOwnThread || !there.HasOwnThread) await CallAsync(together: 64);
        while (here.HasOwnThread || there.HasOwnThread) await CallAsync(together: 1);

        // And once more: nothing of it was used up.
        while (!here.HasOwnThread || !there.HasOwnThread) await CallAsync(together: 64);
        await client.DisposeAsync().Soon();
        await host.AssertConnectionsAsync(0);
        await Until.TrueAsync(() => ThreadBudget.Shared.Taken == 0, () => $"{ThreadBudget.Shared.Taken} threads are still taken");

        async Task CallAsync(int together)
        {
            Task<int>[] calls = [.. Enumerable.Range(0, together).Select(i => lab.AddAsync(i, 1).AsTask())];
            int[] sums = await Task.WhenAll(calls).Soon();
            Assert.Equal(Enumerable.Range(1, together), sums);
        }
    }
}
