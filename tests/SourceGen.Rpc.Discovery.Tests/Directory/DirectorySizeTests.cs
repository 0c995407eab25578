using System.Diagnostics;
using SourceGen.Rpc.Discovery.Tests.Support;
using Xunit.Abstractions;

namespace SourceGen.Rpc.Discovery.Tests.Directory;

/// <summary>Alone, because the memory is that of the process.</summary>
[Collection(nameof(AloneCollection))]
public sealed class DirectorySizeTests(ITestOutputHelper output)
{
    private const int Services = 500;
    private const int Nodes = 20;

    [Fact]
    public async Task TenThousandNodesTakeLittleMemory()
    {
        ScriptedRegistry registry = new();
        for (int service = 0; service < Services; service++)
        {
            await registry.RegisterAsync(new ServiceRecord($"Shop.Service{service}", "1.0")
            {
                Endpoints = [.. Enumerable.Range(0, 10).Select(static i => new ServiceEndpoint($"Method{i}"))],
                Nodes = [.. Enumerable.Range(0, Nodes).Select(i => new ServiceNode($"host{i}-{service}", $"tcp://10.0.{service % 250}.{i}:5000")
                {
                    Metadata = ServiceMetadata.Create([new("fingerprint", "0123456789abcdef"), new("timestamp", "1700000000000"), new("zone", $"zone-{i % 3}")]),
                })],
            });
        }

        long before = GC.GetTotalMemory(forceFullCollection: true);
        long start = Stopwatch.GetTimestamp();
        await using ServiceDirectory directory = new(registry);
        ServiceSnapshot[] snapshots = await Task.WhenAll(
            Enumerable.Range(0, Services).Select(i => directory.GetAsync($"Shop.Service{i}").AsTask()));
        TimeSpan time = Stopwatch.GetElapsedTime(start);
        Assert.Equal(Services * Nodes, snapshots.Sum(static snapshot => snapshot.Instances.Length));
        double megabytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / 1024.0 / 1024;
        output.WriteLine($"figure: directory: {Services} services of {Nodes} nodes in {time.TotalMilliseconds:N0} ms, {megabytes:N1} MB");
        Assert.InRange(megabytes, 0, 50);
        GC.KeepAlive(snapshots);
    }
}
