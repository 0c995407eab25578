using System.Diagnostics;
using SourceGen.Rpc.BuiltIn;
using SourceGen.Rpc.BuiltIn.Counting;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Server;
using SourceGen.Rpc.Telemetry;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc;

/// <summary>The services that the server offers by itself.</summary>
public sealed partial class RpcServer
{
    private long _startedAt;
    private DateTimeOffset _startTime;
    private long _accepted;
    private readonly Lock _bytesGate = new();
    private ByteCounts _bytesOfEnded;

    /// <summary>What the server says about its readiness: here and, if <c>rpc.Health</c> is offered, to its clients.</summary>
    public RpcHealth Health { get; } = new();

    /// <summary>
    /// The services that were added, and behind them, so that the numbers of their methods do not depend on it, the built-in ones. One that
    /// was added under a built-in service's name takes its place.
    /// </summary>
    /// <param name="counts">Where calls are counted; null when they are not.</param>
    private List<ServiceRegistration> AddBuiltIns(out CallCounts? counts)
    {
        counts = null;
        List<ServiceRegistration> services = [.. _services];
        if (!BuiltInFeature.IsSupported) return services;
        RpcBuiltInServices wanted = _options.BuiltInServices;
        List<RpcContract> contracts = [];
        if ((wanted & RpcBuiltInServices.Health) != 0) Offer<IHealth>(new HealthService(Health));
        if ((wanted & RpcBuiltInServices.Describe) != 0) Offer<IDescribe>(new DescribeService(contracts));
        if ((wanted & RpcBuiltInServices.Stats) != 0)
        {
            CallCounts counting = counts = new CallCounts();
            Offer<IStats>(new StatsService(service => ReadStats(counting, service)));
        }

        contracts.AddRange(services.Select(service => service.Contract));
        return services;

        void Offer<TService>(TService implementation)
            where TService : class, IRpcContract<TService>
        {
            RpcContract<TService> contract = TService.Contract;
            if (_services.Any(service => service.Contract.Name == contract.Name && service.Contract.Version == contract.Version)) return;
            SharedServiceSource<TService> source = new(implementation);
            services.Add(new ServiceRegistration<TService>(contract, source) { IsBuiltIn = true });
        }
    }

    private void NoteStart(IEnumerable<ServiceRegistration> services)
    {
        _startedAt = Stopwatch.GetTimestamp();
        _startTime = DateTimeOffset.UtcNow;
        Health.Start(services.Select(service => service.Contract.Name));
    }

    private ServerStats ReadStats(CallCounts counts, string service)
    {
        ProcessStats process = new(
            GC.GetTotalMemory(forceFullCollection: false), GC.GetTotalAllocatedBytes(), GC.CollectionCount(0), ThreadPool.ThreadCount);
        ByteCounts bytes;
        lock (_bytesGate)
        {
            // Under the lock, so that a connection that ends meanwhile counts exactly once.
            bytes = _bytesOfEnded;
            foreach (RpcConnection connection in _connections.Keys) bytes += connection.Bytes;
        }

        return new ServerStats(
            _startTime,
            Stopwatch.GetElapsedTime(_startedAt),
            _connections.Count,
            Interlocked.Read(ref _accepted),
            process,
            counts.Read(service),
            bytes.Sent,
            bytes.Received);
    }
}
