using BenchmarkDotNet.Attributes;

namespace SourceGen.Rpc.Benchmarks.Micro.Engine;

/// <summary>What filters add to one call on one side; measured as <see cref="DispatchBenchmark"/> measures a call without any.</summary>
[MemoryDiagnoser]
public class FilterBenchmark
{
    private const int Reads = 64;

    private FrameFeed _requests = null!;
    private FrameFeed _replies = null!;

    /// <summary>How many filters are around the call.</summary>
    [Params(0, 1, 3)]
    public int Filters { get; set; }

    /// <summary>Whether they await what is behind them, as most filters do, or return it as it is.</summary>
    [Params(false, true)]
    public bool Await { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        RpcServerOptions options = new();
        IRpcClientFilter[] filters = new IRpcClientFilter[Filters];
        for (int i = 0; i < Filters; i++)
        {
            options.Filters.Add(Await ? new AwaitingFilter() : new PassingFilter());
            filters[i] = Await ? new AwaitingFilter() : new PassingFilter();
        }

        // [123456, 1], and 123457.
        _requests = EngineFeeds.Serve(0, [0x92, 0xCE, 0x00, 0x01, 0xE2, 0x40, 0x01], options.Filters);
        _replies = EngineFeeds.Call([0xCE, 0x00, 0x01, 0xE2, 0x41], static service => AddForEver(service), filters);
    }

    [Benchmark(OperationsPerInvoke = EngineFeeds.Batch * Reads)]
    public void ServerAdd() => _requests.Run(Reads);

    [Benchmark(OperationsPerInvoke = EngineFeeds.Batch * Reads)]
    public void ClientAdd() => _replies.Run(Reads);

    private static async void AddForEver(IEngineContract service)
    {
        while (true) await service.AddAsync(123_456, 1);
    }

    private sealed class PassingFilter : IRpcClientFilter, IRpcServerFilter
    {
        public ValueTask<TResponse> InvokeAsync<TRequest, TResponse>(RpcFilterCall<TRequest> call, RpcFilterNext<TRequest, TResponse> next)
            where TRequest : struct => next(call);
    }

    private sealed class AwaitingFilter : IRpcClientFilter, IRpcServerFilter
    {
        public async ValueTask<TResponse> InvokeAsync<TRequest, TResponse>(
            RpcFilterCall<TRequest> call, RpcFilterNext<TRequest, TResponse> next)
            where TRequest : struct => await next(call);
    }
}
