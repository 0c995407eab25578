using System.Diagnostics;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.Etcd.Tests.Support;
using Xunit.Abstractions;

namespace SourceGen.Rpc.Registries.Etcd.Tests;

/// <summary>Three members, of which the leader dies.</summary>
public sealed class ClusterTests(ITestOutputHelper output)
{
    private static readonly RegisterOptions s_leased = new() { TimeToLive = TimeSpan.FromSeconds(10) };

    [Fact]
    public async Task Registering_and_watching_go_on_when_the_leader_is_killed()
    {
        EtcdServer[] servers = await EtcdServer.StartClusterAsync(3);
        try
        {
            int leader = await LeaderOfAsync(servers);
            // The leader first, so that registering and watching hang on the member that dies.
            EtcdRegistryOptions options =
                new() { Endpoints = [.. servers.OrderBy(server => server != servers[leader]).Select(static server => server.Endpoint)] };
            await using EtcdRegistry writer = new(options);
            await using EtcdRegistry reader = new(options);
            ServiceRecord steady = Records.Of("Steady", "a");
            await writer.RegisterAsync(steady, s_leased);
            await using WatchRecorder watch = new(reader, "Steady", resumes: true);
            await watch.UntilAsync([steady]);
            await using RegistrationLoop loop = new(writer, steady, s_leased, TimeSpan.FromMilliseconds(100));

            await servers[leader].Process.KillAsync();
            long killed = Stopwatch.GetTimestamp();
            await RegisterWhenPossibleAsync(writer, Records.Of("Steady", "b"));
            TimeSpan written = Stopwatch.GetElapsedTime(killed);
            await watch.UntilAsync([Records.Of("Steady", "a", "b")]);
            TimeSpan seen = Stopwatch.GetElapsedTime(killed);
            output.WriteLine(
                $"figure: after the leader was killed, etcd took a new node in {written.TotalMilliseconds:N0} ms "
                + $"and a watch saw it in {seen.TotalMilliseconds:N0} ms");

            watch.AssertConsistent();
            Assert.DoesNotContain(watch.Events, static change => change.Kind == RegistryEventKind.Delete);
            await servers[leader].Process.RestartAsync();
            Assert.Equal([Records.Of("Steady", "a", "b")], (await reader.GetServiceAsync("Steady")).ToArray());
        }
        finally
        {
            foreach (EtcdServer server in servers) await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_member_that_is_cut_off_from_the_others_ends_the_watch()
    {
        EtcdServer[] servers = await EtcdServer.StartClusterAsync(3);
        try
        {
            await using EtcdRegistry registry = new(new EtcdRegistryOptions
            {
                Endpoints = { servers[0].Endpoint },
                WatchProbeInterval = TimeSpan.FromMilliseconds(200),
                Timeout = TimeSpan.FromSeconds(2),
            });
            await using WatchRecorder watch = new(registry, "Any");
            await watch.FirstAsync();
            await servers[1].Process.KillAsync();
            await servers[2].Process.KillAsync();

            await watch.UntilAsync(static recorder => recorder.Failures.Length > 0, "the failure");

            Assert.Contains("after a silence of 0.2 s it does not answer", watch.Failures[0].Message, StringComparison.Ordinal);
        }
        finally
        {
            foreach (EtcdServer server in servers) await server.DisposeAsync();
        }
    }

    private static async Task<int> LeaderOfAsync(EtcdServer[] servers)
    {
        for (int i = 0; i < servers.Length; i++)
        {
            if (await servers[i].IsLeaderAsync()) return i;
        }

        throw new InvalidOperationException("The cluster has no leader.");
    }

    private static async Task RegisterWhenPossibleAsync(EtcdRegistry registry, ServiceRecord record)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await registry.RegisterAsync(record, s_leased);
                return;
            }
            catch (RpcException e) when (e.Code == RpcStatusCode.Unavailable && Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(20))
            {
                await Task.Delay(20);
            }
        }
    }
}
