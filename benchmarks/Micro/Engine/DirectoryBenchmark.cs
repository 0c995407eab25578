using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using BenchmarkDotNet.Attributes;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Benchmarks.Micro.Engine;

/// <summary>What the call path pays for knowing where a service is.</summary>
[MemoryDiagnoser]
public class DirectoryBenchmark
{
    private ServiceDirectory _directory = null!;

    [Params(1, 500)]
    public int Services { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _directory = new ServiceDirectory(new FixedRegistry());
        for (int i = 0; i < Services; i++) _directory.GetAsync($"Shop.Service{i}").AsTask().GetAwaiter().GetResult();
    }

    [GlobalCleanup]
    public void Cleanup() => _directory.DisposeAsync().AsTask().GetAwaiter().GetResult();

    [Benchmark]
    public int LookUp() => _directory.TryGet("Shop.Service0", out ServiceSnapshot? snapshot) ? snapshot.Instances.Length : 0;

    private sealed class FixedRegistry : IRegistry
    {
        public string Address => "fixed://";

        public bool CanRegister => false;

        public ValueTask RegisterAsync(ServiceRecord record, RegisterOptions? options, CancellationToken cancellationToken) => default;

        public ValueTask DeregisterAsync(ServiceRecord record, RegisterOptions? options, CancellationToken cancellationToken) => default;

        public ValueTask<ImmutableArray<ServiceRecord>> GetServiceAsync(string service, CancellationToken cancellationToken) => new([Record(service)]);

        public ValueTask<ImmutableArray<string>> ListServicesAsync(CancellationToken cancellationToken) => new([]);

        public async IAsyncEnumerable<RegistryEvent> WatchAsync(string? service, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            yield return RegistryEvent.Snapshot([Record(service!)]);
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(false);
        }

        public ValueTask DisposeAsync() => default;

        private static ServiceRecord Record(string service) => new(service)
        {
            Nodes = [.. Enumerable.Range(0, 20).Select(static i => new ServiceNode($"node-{i}", $"tcp://10.0.0.{i}:5000"))],
        };
    }
}
