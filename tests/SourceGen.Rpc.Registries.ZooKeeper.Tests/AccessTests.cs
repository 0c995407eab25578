using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.ZooKeeper.Client;

namespace SourceGen.Rpc.Registries.ZooKeeper.Tests;

/// <summary>Users, and what they may read and write.</summary>
public sealed class AccessTests(ZooKeeperFixture fixture) : IClassFixture<ZooKeeperFixture>
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Who_shows_no_or_another_password_may_not_read_or_write()
    {
        string name = fixture.NewName("acl");
        await using ZooKeeperRegistry owner = Open("me:right@");
        await using ZooKeeperRegistry same = Open("me:right@");
        await using ZooKeeperRegistry wrong = Open("me:wrong@");
        await using ZooKeeperRegistry nobody = Open("");
        ServiceRecord record = Record("s", "n1");
        await owner.RegisterAsync(record);
        RecordText.AssertEqual([record], await same.GetServiceAsync("s"));
        await same.RegisterAsync(Record("s", "n2"));
        await FailsAsync(RpcStatusCode.PermissionDenied, () => wrong.GetServiceAsync("s").AsTask());
        await FailsAsync(RpcStatusCode.PermissionDenied, () => wrong.RegisterAsync(record).AsTask());
        await FailsAsync(RpcStatusCode.Unauthenticated, () => nobody.GetServiceAsync("s").AsTask());
        await FailsAsync(RpcStatusCode.Unauthenticated, () => nobody.RegisterAsync(Record("s", "n3")).AsTask());
        await FailsAsync(RpcStatusCode.Unauthenticated, async () =>
        {
            await foreach (RegistryEvent change in nobody.WatchAsync("s")) Assert.Fail($"It said {change}.");
        });

        await using ZooKeeperRegistry readable = fixture.WithUser("me:right@", $"/{name}r?acl=creator-read");
        await using ZooKeeperRegistry reader = fixture.OpenWith($"/{name}r");
        await readable.RegisterAsync(record);
        RecordText.AssertEqual([record], await reader.GetServiceAsync("s"));
        await FailsAsync(RpcStatusCode.Unauthenticated, () => reader.RegisterAsync(Record("s", "n3")).AsTask());
        await FailsAsync(RpcStatusCode.Unauthenticated, () => reader.DeregisterAsync(record).AsTask());

        ZooKeeperRegistry Open(string user) => fixture.WithUser(user, $"/{name}");

        static async Task FailsAsync(RpcStatusCode code, Func<Task> operation)
        {
            RpcException error = await Assert.ThrowsAsync<RpcException>(() => operation().WaitAsync(s_patience));
            Assert.Equal(code, error.Code);
            Assert.DoesNotContain("right", error.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_user_is_shown_again_over_the_next_connection()
    {
        string name = fixture.NewName("reauth");
        await using CuttingProxy proxy = new(fixture.Server.Port);
        await using ZooKeeperRegistry registry = ZooKeeperFixture.Open($"zookeeper://me:right@127.0.0.1:{proxy.Port}/{name}");
        await registry.RegisterAsync(Record("s", "n1"));
        proxy.Cut(blocks: false);
        await registry.RegisterAsync(Record("s", "n2"));
        Assert.Equal(2, (await registry.GetServiceAsync("s")).Single().Nodes.Length);
    }

    private static ServiceRecord Record(string name, string id) =>
        new(name, "1.0") { Nodes = [new ServiceNode(id, "tcp://10.0.0.1:5000")] };
}
