using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.Etcd.Tests.Support;

namespace SourceGen.Rpc.Registries.Etcd.Tests;

/// <summary>etcd with users, whose tokens live for a second.</summary>
public sealed class AuthenticationTests(EtcdWithUsers fixture) : IClassFixture<EtcdWithUsers>
{
    [Fact]
    public async Task A_user_registers_reads_and_watches()
    {
        await using EtcdRegistry registry = fixture.Create("writer:secret@");
        await registry.RegisterAsync(Records.Of("Guarded", "a"));
        await using WatchRecorder watch = new(registry, "Guarded");
        await watch.UntilAsync([Records.Of("Guarded", "a")]);
        await registry.RegisterAsync(Records.Of("Guarded", "b"));
        await watch.UntilAsync([Records.Of("Guarded", "a", "b")]);
        await registry.DeregisterAsync(Records.Of("Guarded", "a", "b"));
    }

    [Fact]
    public async Task A_token_that_has_expired_is_got_again()
    {
        await using EtcdRegistry registry = fixture.Create("writer:secret@");
        await registry.RegisterAsync(Records.Of("Expiring", "a"));
        // The time after which etcd has forgotten the token; it counts from its last use, so nothing can be asked meanwhile.
        await Task.Delay(TimeSpan.FromSeconds(3));

        await registry.RegisterAsync(Records.Of("Expiring", "a"));
        await Task.Delay(TimeSpan.FromSeconds(3));
        Assert.Equal([Records.Of("Expiring", "a")], (await registry.GetServiceAsync("Expiring")).ToArray());
    }

    [Fact]
    public async Task A_token_that_a_restarted_server_does_not_know_is_got_again()
    {
        await using EtcdRegistry registry = fixture.Create("writer:secret@");
        await registry.RegisterAsync(Records.Of("Restarted", "a"));
        await fixture.Server.Process.KillAsync();
        await fixture.Server.Process.RestartAsync();

        await registry.RegisterAsync(Records.Of("Restarted", "a"));
    }

    [Theory]
    [InlineData("", RpcStatusCode.Unauthenticated, "names no user and password")]
    [InlineData("writer:wrong@", RpcStatusCode.Unauthenticated, "check user and password")]
    [InlineData("nobody:secret@", RpcStatusCode.Unauthenticated, "check user and password")]
    [InlineData("reader:secret@", RpcStatusCode.PermissionDenied, "permission denied")]
    public async Task Who_may_not_register_is_told_why(string user, RpcStatusCode code, string words)
    {
        await using EtcdRegistry registry = fixture.Create(user);

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => registry.RegisterAsync(Records.Of("Refused", "a")).AsTask());

        Assert.Equal(code, error.Code);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Contains($"register Refused:1.0: {registry.Address}", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_of_one_prefix_may_not_read_another()
    {
        await using EtcdRegistry registry = fixture.Create("reader:secret@", "/elsewhere");
        await using WatchRecorder watch = new(registry, "Any");

        await watch.UntilAsync(static recorder => recorder.Failures.Length > 0, "the failure");

        Assert.Equal(RpcStatusCode.PermissionDenied, Assert.IsType<RpcException>(watch.Failures[0]).Code);
    }

    [Fact]
    public async Task User_and_password_do_no_harm_where_there_are_none()
    {
        await using EtcdServer server = await EtcdServer.StartAsync();
        await using IRegistry registry = new EtcdRegistryProvider().Create(RpcAddress.Parse($"etcd://writer:secret@{server.Endpoint}"));

        await registry.RegisterAsync(Records.Of("Open", "a"));

        Assert.Equal($"etcd://{server.Endpoint}", registry.Address);
    }
}
