using System.Diagnostics;
using System.Globalization;
using SourceGen.Rpc.Discovery;
using Xunit.Abstractions;

namespace SourceGen.Rpc.Registries.Conformance;

/// <summary>
/// Servers and a client that find each other in the registry, a thousand calls a second, while a server dies and the registry with it.
/// A class derived from this one is an <see cref="IClassFixture{TFixture}"/> of the plug-in's fixture.
/// </summary>
public abstract class FleetConformance(RegistryFixture fixture, ITestOutputHelper output)
{
    /// <summary>The variable that says for how many seconds the registry is away. Default: 3, so that the suite stays short.</summary>
    private const string OutageVariable = "SOURCEGEN_RPC_OUTAGE_SECONDS";

    [Fact]
    public async Task ServersDieAndTheRegistryToo_AndNoCallFails()
    {
        string group = fixture.CanRegister ? fixture.NewName("fleet") : ""; // What others write need not hold more than names and addresses.
        TimeSpan timeToLive = fixture.ShortestTimeToLive * 3;
        if (timeToLive < TimeSpan.FromSeconds(3)) timeToLive = TimeSpan.FromSeconds(3);
        TimeSpan outage = TimeSpan.FromSeconds(double.Parse(
            Environment.GetEnvironmentVariable(OutageVariable) ?? "3", CultureInfo.InvariantCulture));
        await using IRegistry registry = fixture.Create();
        await using ServiceDirectory directory = new(registry);
        await using RpcClient client = RpcClient.Create(new RpcClientOptions { Directory = directory, Group = group });
        await using FleetServer first = await StartAsync(1);
        await using FleetServer second = await StartAsync(2);
        await using FleetServer third = await StartAsync(3);
        ISuiteService service = client.Get<ISuiteService>();
        HashSet<int> answering = [];
        await UntilAsync(
            async () =>
            {
                answering.Add(await service.WhoAsync());
                return answering.Count == 3;
            },
            fixture.Patience,
            "all three servers answer");
        await using CallLoad load = new(service);
        await AnswersAsync(load, 500);

        // One dies: no call fails, and when its lease has ended the client knows it no more.
        await third.KillAsync();
        long died = Stopwatch.GetTimestamp();
        await UntilAsync(() => KnownNodes(directory) == 2, timeToLive + fixture.LeaseEndsWithin, "the dead server is forgotten");
        TimeSpan forgotten = Stopwatch.GetElapsedTime(died);
        Assert.Empty(load.Failures);

        // The registry dies, and a server comes meanwhile.
        await fixture.KillServerAsync();
        await using FleetServer fourth = await FleetServer.StartAsync(fixture, 4, group, timeToLive);
        await Task.Delay(outage); // Whatever would go wrong for want of a registry has this time to do so.
        Assert.Empty(load.Failures);
        await AnswersAsync(load, 500); // Still without the registry.
        await fixture.RestartServerAsync();
        long back = Stopwatch.GetTimestamp();
        await fourth.EnterAsync();
        await UntilAsync(() => fourth.Calls > 0, fixture.Patience, "the server that came meanwhile is called");
        TimeSpan seen = Stopwatch.GetElapsedTime(back);
        await AnswersAsync(load, 500);

        // What was registered before is registered again.
        await UntilAsync(
            async () => (await registry.GetServiceAsync(directory.TryGet(Name, out ServiceSnapshot? known) ? known.Service : Name))
                .Where(record => record.Group == group).Sum(static record => record.Nodes.Length) == 3,
            timeToLive + fixture.Patience,
            "the registry holds the three servers that live");
        await UntilAsync(() => KnownNodes(directory) == 3, fixture.Patience, "the client knows the three servers that live");
        await load.DisposeAsync();
        string figure = $"{load.Answered:N0} calls, {load.Failures.Count} failed, registry away for {outage.TotalSeconds:0.#} s; dead server "
            + $"forgotten after {forgotten.TotalSeconds:0.0} s (lease {timeToLive.TotalSeconds:0.#} s); new server called "
            + $"{seen.TotalMilliseconds:N0} ms after the registry's return";
        output.WriteLine($"figure: {GetType().Name}: {figure}");
        Assert.Empty(load.Failures);
        Assert.InRange(seen, TimeSpan.Zero, fixture.RecoversWithin);

        async Task<FleetServer> StartAsync(int number)
        {
            FleetServer server = await FleetServer.StartAsync(fixture, number, group, timeToLive);
            await server.EnterAsync();
            return server;
        }

        int KnownNodes(ServiceDirectory directory) => directory.TryGet(Name, out ServiceSnapshot? snapshot)
            ? snapshot.Instances.Count(instance => instance.Record.Group == group)
            : -1;
    }

    private static string Name => NameOf<ISuiteService>();

    private static string NameOf<TService>()
        where TService : class, CompilerServices.IRpcContract<TService> => TService.Contract.Name;

    private Task AnswersAsync(CallLoad load, int count)
    {
        long before = load.Answered;
        return UntilAsync(() => load.Answered >= before + count, fixture.Patience, $"{count} more calls are answered");
    }

    private static Task UntilAsync(Func<bool> condition, TimeSpan patience, string what) =>
        UntilAsync(() => Task.FromResult(condition()), patience, what);

    private static async Task UntilAsync(Func<Task<bool>> condition, TimeSpan patience, string what)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < patience, $"Waited in vain until {what}.");
            await Task.Delay(10);
        }
    }
}
