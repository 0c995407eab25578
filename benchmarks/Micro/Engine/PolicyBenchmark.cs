using System.Diagnostics;
using BenchmarkDotNet.Attributes;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Policies;

namespace SourceGen.Rpc.Benchmarks.Micro.Engine;

/// <summary>What call policies cost each call, and what they cost one that is repeated.</summary>
[MemoryDiagnoser]
public class PolicyBenchmark
{
    private readonly RetryBudget _budget = new(new RetryBudgetPolicy { Ratio = 1, MinPerSecond = 1_000_000 }, TimeProvider.System);
    private readonly RetryBudget _empty = new(new RetryBudgetPolicy { Ratio = 0, MinPerSecond = 0 }, TimeProvider.System);
    private readonly LatencyQuantile _quantile = new(0.95, Stopwatch.GetTimestamp());
    private readonly RpcException _refused = new(RpcStatusCode.Unavailable, "no") { Progress = RpcCallProgress.Refused };
    private MethodPolicy _policy = null!;
    private long _latency = 1;

    [GlobalSetup]
    public void Setup() => _policy = new MethodPolicy(Method<IEngineContract>(), new RpcClientOptions(), proxy: null);

    [Benchmark]
    public RpcCallPolicy FindPolicy() => _policy.Current;

    [Benchmark]
    public void CountCall() => _budget.Deposit();

    [Benchmark]
    public void RecordLatency() => _quantile.Record(_latency = (_latency * 5) & 0xFFFFF);

    [Benchmark]
    public long ReadQuantile() => _quantile.Read(Stopwatch.GetTimestamp());

    [Benchmark]
    public bool AskForRepetition() => _budget.TryWithdraw();

    [Benchmark]
    public bool AskInVain() => _empty.TryWithdraw();

    [Benchmark]
    public bool Decide()
    {
        RetryBackoff backoff = new(BackoffPolicy.Default, retries: 2);
        return backoff.TryNext(RetryRules.Decide(RpcCallPolicy.Default, _refused, isIdempotent: false), remainingMs: 1000, out _);
    }

    private static RpcMethod Method<TService>()
        where TService : class, IRpcContract<TService> => TService.Contract.Methods[0];
}
