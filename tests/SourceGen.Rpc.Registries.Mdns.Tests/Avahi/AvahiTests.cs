using System.Diagnostics;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.Mdns.Tests.Support;

namespace SourceGen.Rpc.Registries.Mdns.Tests.Avahi;

/// <summary>With avahi on the other side, at the standard's port on the loopback interface.</summary>
public sealed class AvahiTests : IAsyncLifetime
{
    private const int StandardPort = 5353;
    private const string Type = "_sourcegen-rpc._tcp";

    private readonly string _service = $"Avahi.Test{Environment.ProcessId}";
    private AvahiDaemon _avahi = null!;
    private MdnsRegistry _registry = null!;

    public async Task InitializeAsync()
    {
        _avahi = await AvahiDaemon.StartAsync();
        MdnsRegistryOptions options = Network.Options(StandardPort);

        // avahi answers at the standard's pace.
        options.QueryWindow = TimeSpan.FromMilliseconds(1500);
        _registry = new MdnsRegistry(options);
    }

    public async Task DisposeAsync()
    {
        await _registry.DisposeAsync();
        await _avahi.DisposeAsync();
    }

    [Fact]
    public async Task Avahi_browse_sees_what_is_registered()
    {
        await _registry.RegisterAsync(Network.Record(_service, "a", "tcp://10.0.0.1:5000"));

        string line = await BrowseUntilAsync(static line => line.StartsWith('='));

        string[] fields = line.Split(';');
        Assert.Equal(("lo", "IPv4", Type, "local"), (fields[1], fields[2], fields[4], fields[5]));
        Assert.StartsWith(_service.Replace(".", @"\."), fields[3]);
        Assert.Equal(("10.0.0.1", "5000"), (fields[7], fields[8]));
        Assert.Contains($"\"service={_service}\"", line);

        await _registry.DeregisterAsync(Network.Record(_service, "a", "tcp://10.0.0.1:5000"));
        Assert.DoesNotContain(_service, await BrowseOnceAsync());
    }

    [Fact]
    public async Task What_avahi_publishes_is_seen_and_its_end_too()
    {
        await using WatchRecorder watch = new(_registry, _service);
        Assert.Empty((await watch.FirstAsync()).Records);
        using (Process publish = _avahi.Start(
            "avahi-publish",
            "-s",
            $"--subtype=_{_service.Replace(".", @"\.")}._sub.{Type}",
            "By hand",
            Type,
            "5001",
            $"service={_service}",
            "version=2.0",
            "weight=7"))
        {
            try
            {
                await watch.UntilAsync(static one => one.Records.Length == 1, "what avahi publishes");
                ServiceRecord record = Assert.Single(await _registry.GetServiceAsync(_service));
                Assert.Equal($"{_service}:2.0", record.Key);
                ServiceNode node = Assert.Single(record.Nodes);
                Assert.Equal(("By hand", "tcp://127.0.0.1:5001", 7), (node.Id, node.Address, node.Weight));
                Assert.Contains(_service, await _registry.ListServicesAsync());
            }
            finally
            {
                publish.Kill();
                await publish.WaitForExitAsync();
            }
        }

        await watch.UntilAsync(static one => one.Records.Length == 0, "its goodbye");
        watch.AssertConsistent();
    }

    private async Task<string> BrowseUntilAsync(Func<string, bool> condition)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
        using Process browse = _avahi.Start("avahi-browse", "-r", "-p", Type);
        try
        {
            while (await browse.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            {
                if (line.Contains($"Test{Environment.ProcessId}", StringComparison.Ordinal) && condition(line)) return line;
            }
        }
        finally
        {
            browse.Kill();
            await browse.WaitForExitAsync(CancellationToken.None);
        }

        throw new InvalidOperationException($"avahi-browse ended: {await browse.StandardError.ReadToEndAsync(CancellationToken.None)}");
    }

    private async Task<string> BrowseOnceAsync()
    {
        using Process browse = _avahi.Start("avahi-browse", "-t", "-p", Type);
        string output = await browse.StandardOutput.ReadToEndAsync();
        await browse.WaitForExitAsync();
        return output;
    }
}
