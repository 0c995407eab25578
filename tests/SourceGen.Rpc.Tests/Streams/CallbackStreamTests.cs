using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;

namespace SourceGen.Rpc.Tests.Streams;

/// <summary>Streams of calls in both directions on one connection, whose call ids are the same.</summary>
public sealed class CallbackStreamTests
{
    [Fact]
    public async Task StreamsOfCallsInBothDirections_DoNotMeet()
    {
        await using FeedHost host = await FeedHost.StartAsync("tcp://127.0.0.1:0");
        host.Feed.OnDown("ask back", static _ => RpcContext.GetCaller<IFeed>().CountAsync(3000));
        host.Feed.OnUp("ask back", static async (numbers, _) => (int)await RpcContext.GetCaller<IFeed>().SumAsync(1, numbers));
        host.Feed.OnBoth("ask back", static (numbers, _) => RpcContext.GetCaller<IFeed>().TimesAsync(3, numbers));
        await using RpcClient client = RpcClient.Create(host.Address, LabHost.Patient()).AddService<IFeed>(new Feed());
        IFeed calls = client.Get<IFeed>();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            Assert.Equal(Enumerable.Range(0, 3000), await calls.DownAsync("ask back").ToListAsync());
            Assert.Equal(3000 * 2999 / 2, await calls.UpAsync("ask back", Items.CountTo(3000)));
            IEnumerable<int> tripled = Enumerable.Range(0, 3000).Select(i => i * 3);
            Assert.Equal(tripled, await calls.BothAsync("ask back", Items.CountTo(3000)).ToListAsync());
        })).Soon();
        Assert.DoesNotContain("broke the wire protocol", host.Log.All(), StringComparison.Ordinal);
    }
}
